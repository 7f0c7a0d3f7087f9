//! The durable record of a plan being performed.
//!
//! One file of JSON lines for each plan, named by its id: the plan first, then
//! for each action what was about to be done and what came of it, each on disk
//! before the run goes on. A run that was cut off is carried on from it.

mod line;
mod read;
mod write;

pub use read::{Begun, Journal, JournalError, Listed, Status, find, list, load, pick};
pub use write::{JournalWriter, ResumeError, begin, resume};

pub use line::FORMAT;
