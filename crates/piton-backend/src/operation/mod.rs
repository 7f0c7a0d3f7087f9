//! The operations on stored plans, with the two halves of their world.

mod close;
mod comment;
mod create;
mod record_dispatch;
mod repair;
mod set_fields;
mod set_text;
mod world;

use serde::{Deserialize, Serialize};

pub use close::ClosePlan;
pub use comment::AddComment;
pub use create::{CreatePlan, PLAN, URL};
pub use record_dispatch::RecordDispatch;
pub use repair::RepairHeader;
pub use set_fields::SetFields;
pub use set_text::SetText;
pub use world::{BackendPerformer, BackendWorld};

piton_plan::family! {
    /// One operation on a stored plan.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum BackendOp, BackendSeen for BackendWorld<'_>, BackendPerformer<'_> {
        Create(CreatePlan),
        SetFields(SetFields),
        SetText(SetText),
        Comment(AddComment),
        Close(ClosePlan),
        Repair(RepairHeader),
        RecordDispatch(RecordDispatch),
    }
}
