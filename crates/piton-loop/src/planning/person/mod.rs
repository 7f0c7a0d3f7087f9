//! What people decide about a migration: refine, approve, reject, wake.
//!
//! Each is decided into a `Proposal`, without an
//! agent, and published like any planning step.

mod decide;
mod link;
mod refine;
mod session;
mod sheet;
mod undo;
mod wake;

pub use decide::{PersonRefusal, approve, reject, reviewed};
pub use link::link;
pub use refine::refine;
pub use session::ReviewSession;
pub use sheet::{Choice, ReviewSheet};
pub use undo::{Undone, reopen, undo};
pub use wake::wake;
