//! Switching a workflow on that GitHub or a person switched off.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::actions;
use crate::repo::RepoName;

/// Switches a workflow on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnableWorkflow {
    pub repository: RepoName,
    /// The name of its file.
    pub workflow: String,
    /// Its state when this was decided.
    pub was: String,
}

impl Operation for EnableWorkflow {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("workflow", Verb::Enable, &self.workflow)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("it is {}", self.was))
            .premise(format!("it is {}", self.was))
            .expects("it is active")
    }
}

impl Observe<EnableWorkflow> for ForgeWorld<'_> {
    fn observe(&self, op: &EnableWorkflow, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            let now = actions::get(forge, &op.repository, &op.workflow)?;
            Ok(if now.active() {
                Observation::already()
            } else {
                Observation::pending(format!("it is {}", now.state), ())
            })
        })
    }
}

impl Perform<EnableWorkflow> for ForgePerformer<'_> {
    fn perform(&self, op: &EnableWorkflow, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        actions::enable(self.forge, &op.repository, &op.workflow)?;
        Ok(Done::default())
    }
}
