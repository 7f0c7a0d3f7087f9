//! A plan that is worked on no more.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{BackendPerformer, BackendWorld};
use crate::store::{PlanId, State};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosePlan {
    pub plan: PlanId,
    pub title: String,
}

impl Operation for ClosePlan {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("plan", Verb::Close, self.plan.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("close `{}`", self.title))
            .premise("open")
            .expects("closed")
    }
}

impl Observe<ClosePlan> for BackendWorld<'_> {
    fn observe(&self, op: &ClosePlan, _: &Given<'_>, _: Moment) -> Looked {
        Ok(match self.backend.needed(&op.plan)?.state {
            State::Open => Observation::pending("open", ()),
            State::Closed => Observation::already(),
        })
    }
}

impl Perform<ClosePlan> for BackendPerformer<'_> {
    fn perform(&self, op: &ClosePlan, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        self.backend.close(&op.plan)?;
        Ok(Done::default())
    }
}
