//! One check of a set-up: it looks, and failing is its answer.

use std::borrow::Cow;

use piton_github::RepoName;
use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{TrafficPerformer, TrafficWorld};
use crate::survey::{Finding, Group, Verdict};

/// Whose set-up is checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckedSetup {
    pub repository: RepoName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge_gist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_gist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Checks one thing of a set-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSetup {
    pub group: Group,
    pub target: String,
    pub setup: CheckedSetup,
}

/// Looks at a whole set-up and tells what one check came to.
pub trait Examine: Sync {
    fn finding(&self, check: &CheckSetup) -> Result<Finding, Failure>;
}

impl Operation for CheckSetup {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let target = Cow::Borrowed(self.target.as_str());
        Key::new(self.group.word(), Verb::Check, target)
    }

    fn describe(&self) -> Description<'_> {
        let group = self.group.word();
        Description::new(format!("{group} of {}", self.setup.repository))
    }

    fn repeatable(&self) -> bool {
        true
    }

    fn leaves_a_trace(&self) -> bool {
        false
    }
}

impl Observe<CheckSetup> for TrafficWorld<'_> {
    fn observe(
        &self,
        _: &CheckSetup,
        _: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        Ok(Observation::pending("it was not checked yet", ()))
    }
}

impl Perform<CheckSetup> for TrafficPerformer<'_> {
    fn perform(&self, operation: &CheckSetup, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let finding = self.examine.finding(operation)?;
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
