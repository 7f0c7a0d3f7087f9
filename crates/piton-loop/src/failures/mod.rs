//! What went wrong, written down so that a person can pick it up.

mod consequence;
mod front_matter;
mod kind;
mod retention;
mod snapshot;

pub use consequence::Consequence;
pub use front_matter::Scalar;
pub use kind::FailureKind;
pub use retention::outdated;
pub use snapshot::{Artifacts, FailureSnapshot, FailureText, SnapshotName};
