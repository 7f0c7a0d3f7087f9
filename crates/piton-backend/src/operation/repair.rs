//! A header that is made to say what the logs say.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{BackendPerformer, BackendWorld};
use crate::store::PlanId;

/// Puts into a header what the logs of its writers say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairHeader {
    pub plan: PlanId,
    /// What it lacked when this was decided.
    pub lacks: Vec<(String, Json)>,
    /// The difference, for people.
    pub diff: String,
}

impl Operation for RepairHeader {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("plan-header", Verb::Configure, self.plan.as_str())
    }

    fn describe(&self) -> Description<'_> {
        let names: Vec<&str> = self.lacks.iter().map(|(name, _)| name.as_str()).collect();
        Description::new(format!("repair: {}", names.join(", ")))
            .expects("the header says what the logs say")
            .detail(1, "difference", &self.diff)
    }
}

impl Observe<RepairHeader> for BackendWorld<'_> {
    fn observe(&self, op: &RepairHeader, _: &Given<'_>, _: Moment) -> Looked {
        let document = self.backend.needed(&op.plan)?;
        let lacks = self.backend.lacks(&document)?;
        Ok(if lacks.is_empty() {
            Observation::already()
        } else {
            Observation::pending("a header that lacks what the logs say", ())
        })
    }
}

impl Perform<RepairHeader> for BackendPerformer<'_> {
    fn perform(&self, op: &RepairHeader, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let updated = self.backend.repair(&op.plan)?;
        let names: Vec<&str> = updated.changed.iter().map(|field| field.name()).collect();
        Ok(Done::saying(names.join(", ")))
    }
}
