//! The durable record of a plan being performed.
//!
//! One file of JSON lines for each plan, named by its id: the plan first, then
//! for each action what was about to be done and what came of it, each on disk
//! before the run goes on. A run that was cut off is carried on from it.

mod glance;
mod line;
mod prune;
mod read;
mod status;
mod write;

pub use prune::{RemoveError, Stored, is_held, remove, stored};
pub use read::{Journal, JournalError, Listed, find, is_there, latest, list, load, pick};
pub use status::{Begun, Status};
pub use write::{JournalWriter, ResumeError, anew, begin, resume};

pub use line::FORMAT;
