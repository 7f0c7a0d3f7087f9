//! The collector as it is to be: what was measured is never lowered, what is
//! not known is absent, and nothing is written after an incomplete read.

mod archive;
mod book;
mod ci;
mod counts;
mod downloads;
mod failures;
mod ledger;
pub(super) mod mend;
mod row;
mod rows;
mod run;
mod sound;
mod sources;
mod token;

pub use ci::days_to_count;
pub(crate) use row::newest_capture;
pub use run::collect;
pub use sound::fault as state_fault;
