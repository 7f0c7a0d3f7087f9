//! A tick of the loop as a plan of two actions: the work, and its landing.
//!
//! A run performs them itself, with all that it has read at its start; what
//! stands here is how they are shown and written down, and how the journal of
//! one that was cut off is settled. Settling calls no agent: work that was held
//! stays held, and the next run lands it.

use piton_git::slot::held;
use piton_git::{CommitId, GitRead};
use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Moment, Observation, Observe, Operation,
    Output, OutputRef, Perform, Slot, Verb,
};
use serde::{Deserialize, Serialize};

use super::{LoopPerformer, LoopWorld};
use crate::runs::ActionKind;

/// The commit that work led to.
pub const COMMIT: Output<CommitId> = Output::new("commit");

/// Work in a slot, up to a commit that is held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkOn {
    pub kind: ActionKind,
    pub target: String,
    pub base: CommitId,
    pub agent: String,
    /// What is asked and checked, a line each, in order.
    pub steps: Vec<String>,
    /// The name that its commit is held by.
    pub held: String,
}

/// Bringing a commit to its branch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandWork {
    pub commit: Slot<CommitId>,
    /// The branch, or HEAD where it is on none.
    pub onto: String,
    pub base: CommitId,
    pub held: String,
}

impl Operation for WorkOn {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("work", Verb::Run, format!("{}/{}", self.kind, self.target))
    }

    fn describe(&self) -> Description<'_> {
        let line = format!("{} {}, by {} in a slot", self.kind, self.target, self.agent);
        Description::new(line)
            .premise(format!("the branch at {}", self.base.short()))
            .expects("a commit that is held until it has landed")
    }

    fn produces(&self) -> &'static [&'static str] {
        const NAMES: [&str; 1] = [COMMIT.name()];
        &NAMES
    }

    fn leaves_a_trace(&self) -> bool {
        false
    }
}

impl Operation for LandWork {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("branch", Verb::Move, self.onto.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("lands it on {}", self.onto))
            .premise(format!(
                "the branch at {}, or put on top of what came since and validated again",
                self.base.short()
            ))
            .expects("its paths in the tree and the index, and nothing else of yours changed")
    }

    fn uses(&self) -> Vec<&OutputRef> {
        self.commit.uses().into_iter().collect()
    }

    fn leaves_a_trace(&self) -> bool {
        false
    }
}

impl Observe<WorkOn> for LoopWorld<'_> {
    fn observe(&self, op: &WorkOn, _: &Given<'_>, _: Moment) -> Result<Observation<()>, Failure> {
        Ok(Observation::pending(
            format!("the branch at {}", op.base.short()),
            (),
        ))
    }
}

impl Observe<LandWork> for LoopWorld<'_> {
    fn observe(&self, op: &LandWork, _: &Given<'_>, _: Moment) -> Result<Observation<()>, Failure> {
        Ok(Observation::pending(
            format!("the branch at {}", op.base.short()),
            (),
        ))
    }
}

impl Perform<WorkOn> for LoopPerformer<'_, '_> {
    /// Settles work that was cut off: what is held was accepted.
    fn perform(&self, op: &WorkOn, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        match held_commit(self.git, &op.held)? {
            Some(commit) => {
                let value = serde_json::Value::from(commit.to_string());
                Ok(Done::saying("it was accepted, and is held").with(&COMMIT, value))
            }
            None => Err(Failure::new(
                FailureKind::Conflict,
                "it was cut off before anything was accepted",
            )
            .hint("`piton run` does it again")),
        }
    }
}

impl Perform<LandWork> for LoopPerformer<'_, '_> {
    /// Settles a landing that was cut off: half of one was finished or put back
    /// before, so the commit is on its branch or is held.
    fn perform(&self, op: &LandWork, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let commit = given.value(&op.commit)?;
        let head = self.git.head().map_err(Failure::io)?;
        let landed = head.is_some_and(|head| {
            let contained = self.git.contains(&head, &commit);
            contained.unwrap_or(false)
        });
        if landed {
            return Ok(Done::saying(format!("landed {}", commit.short())));
        }
        Err(Failure::new(
            FailureKind::Conflict,
            format!("{} waits to land", commit.short()),
        )
        .hint("the next `piton run` lands it, without a call"))
    }
}

fn held_commit(git: &dyn GitRead, name: &str) -> Result<Option<CommitId>, Failure> {
    let held = held::unlanded(git).map_err(Failure::io)?;
    Ok(held
        .into_iter()
        .find_map(|(reference, commit)| (reference.work() == Some(name)).then_some(commit)))
}
