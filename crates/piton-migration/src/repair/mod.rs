//! Deciding how to put migrations right. Performing it is for others.
//!
//! [`survey()`] reads what the decision needs, [`decide()`] is a pure function
//! from that to a list of [`Repair`]s. Each can be carried out as it stands,
//! says why, and loses nothing that was accepted: what cannot be read is set
//! aside outside the working tree, not deleted. What interrupted publishes
//! left behind is not decided here: recovery knows it
//! ([`Publisher::recover`](crate::publish::Publisher::recover)).

mod action;
mod decide;
mod survey;

pub use action::{Action, LeftAlone, Repair, Repairs};
pub use decide::decide;
pub use survey::{SurveyedMigration, survey};
