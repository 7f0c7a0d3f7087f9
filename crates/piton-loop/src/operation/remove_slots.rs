//! Slots that nobody uses, removed.

use piton_git::slot::{SlotError, Slots};
use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{LoopPerformer, LoopWorld};

/// Removes the slots of one number with their tool caches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveSlots {
    pub number: u32,
    pub bytes: u64,
    /// The limit that they break.
    pub why: String,
}

impl Operation for RemoveSlots {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("slots", Verb::Delete, self.number.to_string())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(&self.why)
            .premise(FREE)
            .expects("no slot")
            .detail(1, "size", format!("{} bytes", self.bytes))
    }

    fn repeatable(&self) -> bool {
        true
    }
}

/// What slots that may go are.
const FREE: &str = "slots that nobody uses";

impl Observe<RemoveSlots> for LoopWorld<'_> {
    fn observe(
        &self,
        op: &RemoveSlots,
        _: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        let Some(home) = self.slots else {
            return Ok(Observation::already());
        };
        let in_use = home.in_use(op.number);
        Ok(if !home.has(self.disk, op.number) {
            Observation::already()
        } else if in_use.map_err(|error| Failure::of(FailureKind::Io, &error))? {
            Observation::changed(FREE, "slots that are in use")
        } else {
            Observation::pending(FREE, ())
        })
    }
}

impl Perform<RemoveSlots> for LoopPerformer<'_, '_> {
    fn perform(&self, op: &RemoveSlots, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let home = self.agents.slots()?.home;
        let slots = Slots::new(self.disk, self.git, &home);
        slots.remove(op.number, &self.holder).map_err(|error| {
            let kind = if matches!(error, SlotError::Lock(_)) {
                FailureKind::Conflict
            } else {
                FailureKind::Io
            };
            Failure::of(kind, &error)
        })?;
        Ok(Done::default())
    }
}
