//! The journal of a plan, removed.

use std::path::PathBuf;

use piton_base::StateDir;
use piton_plan::journal::{self, RemoveError};
use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Moment, Observation, Observe, Operation,
    Perform, PlanId, Verb,
};
use serde::{Deserialize, Serialize};

use super::{LoopPerformer, LoopWorld};
use crate::planning::site::Site;

/// Removes the journal of a plan that no process is performing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveJournal {
    pub id: PlanId,
    pub bytes: u64,
    /// The limit that it breaks.
    pub why: String,
}

impl Operation for RemoveJournal {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("journal", Verb::Delete, self.id.to_string())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(&self.why)
            .premise(OVER)
            .expects("no journal")
            .detail(1, "size", format!("{} bytes", self.bytes))
    }

    fn repeatable(&self) -> bool {
        true
    }
}

/// What a journal that may go belongs to.
const OVER: &str = "a plan that no process is performing";

fn journals(site: &Site) -> PathBuf {
    StateDir::at(site.state()).journals()
}

impl Observe<RemoveJournal> for LoopWorld<'_> {
    fn observe(
        &self,
        op: &RemoveJournal,
        _: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        let dir = journals(self.site);
        let there = journal::is_there(self.disk, &dir, op.id)
            .map_err(|error| Failure::of(FailureKind::Io, &error))?;
        Ok(if !there {
            Observation::already()
        } else if journal::is_held(&dir, op.id) {
            Observation::changed(OVER, "a plan that is being performed")
        } else {
            Observation::pending(OVER, ())
        })
    }
}

impl Perform<RemoveJournal> for LoopPerformer<'_, '_> {
    fn perform(&self, op: &RemoveJournal, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        journal::remove(self.disk, &journals(self.site), op.id, &self.holder).map_err(|error| {
            let kind = match &error {
                RemoveError::Held { .. } => FailureKind::Conflict,
                RemoveError::Remove { .. } => FailureKind::Io,
            };
            Failure::of(kind, &error)
        })?;
        Ok(Done::default())
    }
}
