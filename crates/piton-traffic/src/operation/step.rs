//! One thing that is done to a state. It is computed when the plan is decided,
//! and written with all others by the one action that writes the state.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{TrafficPerformer, TrafficWorld};
use crate::collect::StepKind;

/// Tells one step; the state is written by another action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateStep {
    pub(crate) kind: StepKind,
    pub(crate) target: String,
    pub(crate) line: String,
}

impl StateStep {
    /// The category and verb of its action.
    pub(crate) const fn words(kind: StepKind) -> (&'static str, Verb) {
        match kind {
            StepKind::Migrate => ("state", Verb::Migrate),
            StepKind::Repair => ("state", Verb::Repair),
            StepKind::CreateRow => ("row", Verb::Create),
            StepKind::UpdateRow => ("row", Verb::Update),
            StepKind::RaiseTotal => ("total", Verb::Raise),
            StepKind::UpdateSeries => ("series", Verb::Update),
        }
    }
}

impl Operation for StateStep {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let (category, verb) = Self::words(self.kind);
        Key::new(category, verb, &self.target)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(&self.line).detail(1, "written", "with the state, in one update")
    }

    fn leaves_a_trace(&self) -> bool {
        false
    }
}

impl Observe<StateStep> for TrafficWorld<'_> {
    fn observe(&self, _: &StateStep, _: &Given<'_>, _: Moment) -> Looked {
        Ok(Observation::pending("the state is not written yet", ()))
    }
}

impl Perform<StateStep> for TrafficPerformer<'_> {
    fn perform(&self, _: &StateStep, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        Ok(Done::default())
    }
}
