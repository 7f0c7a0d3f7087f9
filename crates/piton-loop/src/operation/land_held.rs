//! Landing what was accepted before and could not land then.

use piton_git::CommitId;
use piton_git::slot::held;
use piton_plan::{
    Description, Done, Failure, Given, Key, Moment, Observation, Observe, Operation, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{LoopPerformer, LoopWorld};

/// Brings a commit that is held to its branch; no agent is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandHeld {
    /// The name that it is held by.
    pub held: String,
    pub commit: CommitId,
    pub subject: String,
    /// The branch, or HEAD where it is on none.
    pub onto: String,
    pub base: CommitId,
}

impl Operation for LandHeld {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("branch", Verb::Move, self.onto.as_str())
    }

    fn describe(&self) -> Description<'_> {
        let line = format!("lands {:?}, which was accepted before", self.subject);
        Description::new(line)
            .premise(format!("{} is held", self.commit.short()))
            .expects("the branch holds it, and nothing else of yours changed")
    }
}

impl Observe<LandHeld> for LoopWorld<'_> {
    fn observe(&self, op: &LandHeld, _: &Given<'_>, _: Moment) -> Result<Observation<()>, Failure> {
        let held = held::unlanded(self.git).map_err(Failure::io)?;
        let is_it = |name: &held::HeldRef| name.work() == Some(op.held.as_str());
        let told = |commit: &CommitId| format!("{} is held", commit.short());
        Ok(match held.iter().find(|(name, _)| is_it(name)) {
            Some((_, commit)) if *commit == op.commit => Observation::pending(told(commit), ()),
            Some((_, commit)) => Observation::changed(told(&op.commit), told(commit)),
            // It is let go of when it has landed.
            None => Observation::already(),
        })
    }
}

impl Perform<LandHeld> for LoopPerformer<'_, '_> {
    fn perform(&self, op: &LandHeld, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        self.lands.land(&op.held)
    }
}
