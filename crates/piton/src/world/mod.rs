//! The two halves of piton's world: one looks, the other changes.
//!
//! Each adds up the halves of the families, which are in the crates whose
//! world they are about.

mod examining;
mod hooks;
mod publishing;
mod reading;
mod stored;
mod writing;

pub(crate) use publishing::Publishing;
pub(crate) use reading::Reading;
pub(crate) use writing::{Made, Writing};
