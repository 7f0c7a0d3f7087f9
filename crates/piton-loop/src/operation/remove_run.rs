//! The record of a run, removed.

use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{LoopPerformer, LoopWorld};
use crate::runs::{self, PruneError, RunDir, RunId, RunState};

/// Removes the record of a run that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveRun {
    pub id: RunId,
    pub bytes: u64,
    /// The limit that it breaks.
    pub why: String,
}

impl Operation for RemoveRun {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("run", Verb::Delete, self.id.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(&self.why)
            .premise(OVER)
            .expects("no record")
            .detail(1, "size", format!("{} bytes", self.bytes))
    }

    fn repeatable(&self) -> bool {
        true
    }
}

/// What a record that may go belongs to.
const OVER: &str = "a run that is over";

impl Observe<RemoveRun> for LoopWorld<'_> {
    fn observe(
        &self,
        op: &RemoveRun,
        _: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        let runs = self.site.runs();
        let dir = RunDir::of(&runs, &op.id);
        let there = self.disk.stat(dir.path())?;
        Ok(match (there, runs::state_of(&runs, &op.id)) {
            (None, _) => Observation::already(),
            (Some(_), RunState::Over) => Observation::pending(OVER, ()),
            (Some(_), RunState::Live) => Observation::changed(OVER, "a run that is under way"),
        })
    }
}

impl Perform<RemoveRun> for LoopPerformer<'_, '_> {
    /// The run's own lock keeps a living one from going; the clone's lock is
    /// not needed for what nobody else writes.
    fn perform(&self, op: &RemoveRun, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        runs::remove(self.disk, &self.site.runs(), &op.id, &self.holder).map_err(|error| {
            let kind = match &error {
                PruneError::Live { .. } => FailureKind::Conflict,
                PruneError::Remove { .. } => FailureKind::Io,
            };
            Failure::of(kind, &error)
        })?;
        Ok(Done::default())
    }
}
