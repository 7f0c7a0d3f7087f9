//! Issues, opened once.

use piton_plan::{
    Description, Done, Failure, Given, Key, Moment, Observation, Observe, Operation, Output,
    OutputMap, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::issues;
use crate::repo::RepoName;

pub const ISSUE_NUMBER: Output<u64> = Output::new("number");

/// How many of the newest issues are looked through for the mark.
const NEWEST: usize = 200;

/// Opens an issue.
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
    fn observe(
        &self,
        operation: &OpenIssue,
        given: &Given<'_>,
        moment: Moment,
    ) -> Result<Observation<()>, Failure> {
        let mark = in_body(&given.mark());
        self.settled(moment, |forge| {
            let filter = issues::Filter::default();
            let newest = issues::list(forge, &operation.repository, &filter);
            for issue in newest.take(NEWEST) {
                let issue = issue.map_err(Failure::from)?;
                if issue.body.contains(&mark) {
                    let outputs = [(ISSUE_NUMBER.name().to_owned(), issue.number.into())];
                    return Ok(Observation::Already {
                        outputs: OutputMap::from(outputs),
                    });
                }
            }
            Ok(Observation::pending("no issue with that mark", ()))
        })
    }
}

impl Perform<OpenIssue> for ForgePerformer<'_> {
    fn perform(&self, operation: &OpenIssue, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let new = issues::NewIssue {
            title: operation.title.clone(),
            body: format!("{}\n\n{}", operation.body, in_body(&given.mark())),
            labels: operation.labels.clone(),
            assignees: Vec::new(),
        };
        let issue = issues::create(self.forge, &operation.repository, &new)?;
        Ok(Done::saying(issue.html_url).with(&ISSUE_NUMBER, issue.number))
    }
}
