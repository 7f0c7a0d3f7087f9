//! Issues, opened once.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Output, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::issues;
use crate::repo::RepoName;

pub const ISSUE_NUMBER: Output<u64> = Output::new("number");

/// How many of the newest issues are looked through for the mark.
const NEWEST: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenIssue {
    pub repository: RepoName,
    pub title: String,
    pub body: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}

/// A mark as it stands in a body, where nobody sees it.
pub(super) fn in_body(mark: &str) -> String {
    format!("<!-- {mark} -->")
}

impl Operation for OpenIssue {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("issue", Verb::Create, &self.title)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("in {}", self.repository))
            .expects("an open issue with the mark of this action")
            .detail(1, "labels", self.labels.join(", "))
            .detail(3, "body", self.body.clone())
    }

    fn produces(&self) -> &'static [&'static str] {
        &["number"]
    }
}

impl Observe<OpenIssue> for ForgeWorld<'_> {
    fn observe(&self, op: &OpenIssue, given: &Given<'_>, moment: Moment) -> Looked {
        let mark = in_body(&given.mark());
        self.settled(moment, |forge| {
            let filter = issues::Filter::default();
            for issue in issues::list(forge, &op.repository, &filter).take(NEWEST) {
                let issue = issue?;
                if issue.body.contains(&mark) {
                    return Ok(Observation::Already {
                        outputs: done(issue).outputs,
                    });
                }
            }
            Ok(Observation::pending("no issue with that mark", ()))
        })
    }
}

impl Perform<OpenIssue> for ForgePerformer<'_> {
    fn perform(&self, op: &OpenIssue, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let new = issues::NewIssue {
            title: op.title.clone(),
            body: format!("{}\n\n{}", op.body, in_body(&given.mark())),
            labels: op.labels.clone(),
            assignees: Vec::new(),
        };
        Ok(done(issues::create(self.forge, &op.repository, &new)?))
    }
}

fn done(issue: issues::Issue) -> Done {
    Done::saying(issue.html_url).with(&ISSUE_NUMBER, issue.number)
}
