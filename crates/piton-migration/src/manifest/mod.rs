//! The manifest: where a migration stands and what its phases are.
//!
//! [`Manifest`] is `manifest.json` decoded; it cannot hold two phases of one
//! name nor a cursor on a phase that is not there. [`MigrationState`] sorts it
//! by what may happen next, and only the states that allow a transition have a
//! function for it.

mod change;
mod decode;
mod encode;
mod phases;
mod planning;
mod ready;
mod refusal;
mod review;
mod state;
mod status;
mod types;

pub use phases::{DuplicatePhase, Phase, Phases};
pub use refusal::{RefineRefusal, TransitionError};
pub use state::{Advanced, AwaitingReview, Done, MigrationState, Planning, Ready, Skipped};
pub use status::Status;
pub use types::Manifest;

/// The file's name inside the migration directory.
pub const MANIFEST_FILE: &str = "manifest.json";
