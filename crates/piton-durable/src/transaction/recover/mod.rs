//! Finishing or undoing what a dead process left behind.
//!
//! Recovery observes, decides on one small step, performs it and observes
//! again, until there is nothing left to do. It may die anywhere itself.

mod decide;
mod observe;
mod perform;
mod report;
mod sweep;

pub use perform::recover;
pub use report::{Deed, Recovered};
