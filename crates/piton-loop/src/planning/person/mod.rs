//! What people decide about a migration: refine, approve, reject, wake.
//!
//! Each is decided into a `Proposal`, without an
//! agent, and published like any planning step.

mod decide;
mod link;
mod proposal;
mod refine;
mod refusal;
mod session;
mod sheet;
mod undo;
mod wake;

pub use decide::{approve, reject, reviewed};
pub use link::link;
pub use refine::refine;
pub use refusal::PersonRefusal;
pub use session::ReviewSession;
pub use sheet::{Choice, ReviewSheet};
pub use undo::{Undone, reopen, undo};
pub use wake::wake;
