//! Plans: typed actions that are decided first, performed afterwards and
//! checked at the end.
//!
//! A [`Plan`] is a value: building one changes nothing, and it can be shown,
//! saved, refused or performed. [`Observe`] is the reading half of a world,
//! [`Perform`] the writing half; deciding code is handed the first only, so
//! that nothing below a subcommand needs to know whether a run is a rehearsal.

mod action;
mod apply;
mod builder;
mod check;
mod conflict;
mod delegate;
mod edge;
mod execute;
mod failure;
mod fan;
mod fault;
pub mod files;
mod gate;
mod given;
mod graph;
mod id;
mod index;
mod input;
pub mod journal;
mod operation;
mod output;
mod parts;
mod plan;
mod policy;
mod position_set;
mod progress;
mod ready;
mod receipt;
mod record;
pub mod render;
pub mod saved;
mod schedule;
mod secret;
mod seed;
mod summary;
mod sweep;
mod verb;
mod verify;
mod wire;
mod world;

pub use action::Action;
pub use apply::{Admission, ApplyError, Change, StalePlan, admit, changes};
pub use builder::{Draft, Handle, PlanBuilder};
pub use conflict::ConflictMode;
pub use execute::{Report, Run};
pub use failure::{Failure, FailureKind};
pub use fault::{Fault, PlanFaults};
pub use gate::{Alone, Gate, Held};
pub use given::Given;
pub use id::{ActionId, InvalidActionId, InvalidPlanId, PlanId};
pub use input::{Answer, Ask, AskError, Input, InputKind, Otherwise, Reply};
pub use operation::{Description, Key, Operation};
pub use output::{Output, OutputMap, OutputRef, Ref, Slot};
pub use plan::{Dependency, Plan};
pub use policy::{ErrorPolicy, Jobs};
pub use progress::{Event, Progress, Quiet};
pub use ready::{
    InputMissing, Interaction, Missing, Outlook, PrepareError, Ready, Told, outlook, prepare,
};
pub use receipt::{Outcome, Receipt, SkipReason};
pub use record::{NoRecord, Record, RecordError};
pub use saved::SavedPlan;
pub use secret::{InvalidSecretRef, SecretRef, SecretText};
pub use summary::Summary;
pub use verb::Verb;
pub use verify::{Checked, Deviation, Verdict, Verification, verify};
pub use world::{Done, Looked, Moment, Observation, Observe, Perform};
