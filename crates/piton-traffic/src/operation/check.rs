//! One check of a set-up: it looks, and failing is its answer.

use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Looked, Moment, Observation, Observe,
    Operation, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::examine::CheckedSetup;
use super::{TrafficPerformer, TrafficWorld};
use crate::survey::{Group, Verdict};

/// Checks one thing of a set-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSetup {
    pub group: Group,
    pub target: String,
    pub setup: CheckedSetup,
}

impl Operation for CheckSetup {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new(self.group.as_str(), Verb::Check, &self.target)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("{} of {}", self.group, self.setup.repository))
    }

    fn leaves_a_trace(&self) -> bool {
        false
    }
}

impl Observe<CheckSetup> for TrafficWorld<'_> {
    fn observe(&self, _: &CheckSetup, _: &Given<'_>, _: Moment) -> Looked {
        Ok(Observation::pending("it was not checked yet", ()))
    }
}

impl Perform<CheckSetup> for TrafficPerformer<'_> {
    fn perform(&self, op: &CheckSetup, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let CheckSetup {
            group,
            target,
            setup,
        } = op;
        let finding = self.examine.finding(*group, target, setup)?;
        match finding.verdict {
            Verdict::Fail => {
                let failure = Failure::new(FailureKind::NotFound, finding.reason);
                Err(match finding.remedy {
                    Some(remedy) => failure.hint(remedy),
                    None => failure,
                })
            }
            verdict @ (Verdict::Ok | Verdict::Skip | Verdict::Warn) => {
                Ok(Done::saying(format!("{verdict}: {}", finding.reason)))
            }
        }
    }
}
