//! Deciding how to put migrations right. Performing it is for others.
//!
//! [`survey`] reads what the decision needs, [`decide`] is a pure function
//! from that to a list of [`Repair`]s. Each can be carried out as it stands,
//! says why, and loses nothing that was accepted: what is not plainly a copy
//! is set aside outside the working tree, not deleted.

mod action;
mod decide;
mod survey;

pub use action::{Action, LeftAlone, Repair, Repairs};
pub use decide::decide;
pub use survey::{Holder, Leftover, LockSeen, Part, PartOwner, Survey, SurveyedMigration, survey};
