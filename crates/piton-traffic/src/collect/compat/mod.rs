//! The original's algorithm to the letter, its faults included: for comparing,
//! never for collecting.

mod ci;
mod counts;
mod rows;
mod run;
mod state;
mod totals;

pub(super) use counts::{path_list, referrer_list};
pub use run::collect;
pub(super) use totals::{cumulative, share};
