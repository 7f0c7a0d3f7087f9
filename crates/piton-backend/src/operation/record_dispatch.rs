//! The run that was started for a plan, recorded in its header.

use std::time::Duration;

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    OutputRef, Perform, Slot, Verb,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::world::key;
use super::{BackendPerformer, BackendWorld};
use crate::header::Patch;
use crate::store::{BackendError, Change, PlanId};

/// Records a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordDispatch {
    pub plan: PlanId,
    pub run: Slot<u64>,
    pub node: Slot<String>,
    /// When it was decided to start it, as headers write times.
    pub at: String,
}

impl RecordDispatch {
    fn fields(&self, given: &Given<'_>) -> Result<Vec<(String, Json)>, Failure> {
        let run = given.value(&self.run)?.to_string();
        let node = given.value(&self.node)?;
        let field = |name: &str, value: Json| (name.to_owned(), value);
        Ok(vec![
            field("last_dispatched_run_id", json!(run)),
            field("last_dispatched_node_id", json!(node)),
            field("last_dispatched_at", json!(self.at)),
        ])
    }
}

impl Operation for RecordDispatch {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("plan-run", Verb::Set, self.plan.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("record the run {}", self.run))
            .expects("the header names the run")
            .detail(1, "dispatched at", &self.at)
    }

    fn uses(&self) -> Vec<&OutputRef> {
        self.run
            .uses()
            .into_iter()
            .chain(self.node.uses())
            .collect()
    }
}

impl Observe<RecordDispatch> for BackendWorld<'_> {
    fn observe(&self, op: &RecordDispatch, given: &Given<'_>, _: Moment) -> Looked {
        let header = self
            .backend
            .needed(&op.plan)?
            .header()
            .map_err(BackendError::from)?;
        let recorded = header.text("last_dispatched_run_id");
        // Before the plan is performed there may be no run yet.
        let wanted = given.value(&op.run).ok().map(|run| run.to_string());
        Ok(if wanted.is_some() && wanted.as_deref() == recorded {
            Observation::already()
        } else {
            let found =
                recorded.map_or_else(|| "no run".to_owned(), |run| format!("the run {run}"));
            Observation::pending(found, ())
        })
    }
}

impl Perform<RecordDispatch> for BackendPerformer<'_> {
    fn perform(&self, op: &RecordDispatch, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let patch = Patch::new(op.fields(given)?).map_err(BackendError::from)?;
        let change = Change {
            patch,
            key: key(given),
            waited: Duration::ZERO,
        };
        self.backend.update_metadata(&op.plan, &change)?;
        Ok(Done::saying(format!("run {}", given.value(&op.run)?)))
    }
}
