//! Mending a state by hand: bringing it to the form of today, repairing it,
//! filling in what it lacks. Pure, like collecting; each step says what it did.

mod badge;
mod days;
mod fill;
mod mending;
mod migrate;
mod repairs;
mod sources;
mod stars;

pub(crate) use badge::{badge_files, badge_messages, badges_as_captured, lately_sums};
pub use days::{Measured, all_days, measured_of};
pub use fill::{Range, fill, from_history, month_files};
pub use mending::{Mending, Step, StepKind};
pub use migrate::migrate;
pub use repairs::{Repair, RepairOptions, repair};
pub use sources::{recount_ci, release_series, window};
pub use stars::star_rows;
