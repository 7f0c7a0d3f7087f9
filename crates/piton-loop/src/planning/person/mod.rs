//! What people decide about a migration: refine, approve, reject, wake.
//!
//! Each is decided into a `Proposal`, without an
//! agent, and published like any planning step.

mod case;
mod decide;
mod link;
mod refine;
mod refusal;
mod session;
mod sheet;
mod undo;
mod wake;

pub use case::Case;
pub use decide::{approve, reject, reviewed};
pub use link::link;
pub use refine::refine;
pub use refusal::PersonRefusal;
pub use session::ReviewSession;
pub use sheet::{Choice, ReviewSheet};
pub use undo::{Undone, reopen, undo};
pub use wake::wake;
