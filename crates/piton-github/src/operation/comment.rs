//! Comments, written once.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    OutputRef, Perform, Slot, Verb,
};
use serde::{Deserialize, Serialize};

use super::issue::in_body;
use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::comments;
use crate::repo::RepoName;

/// How many of the newest comments are looked through for the mark.
const NEWEST: usize = 200;

/// Writes a comment on an issue or a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteComment {
    pub repository: RepoName,
    /// What the comment is about, for the id of the action.
    pub name: String,
    pub issue: Slot<u64>,
    pub body: String,
}

impl Operation for WriteComment {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("issue", Verb::Comment, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("on {}#{}", self.repository, self.issue))
            .expects("a comment with the mark of this action")
            .detail(2, "body", self.body.clone())
    }

    fn uses(&self) -> Vec<&OutputRef> {
        self.issue.uses().into_iter().collect()
    }
}

impl Observe<WriteComment> for ForgeWorld<'_> {
    fn observe(&self, op: &WriteComment, given: &Given<'_>, moment: Moment) -> Looked {
        let mark = in_body(&given.mark());
        self.settled(moment, |forge| {
            for comment in comments::newest(forge, &op.repository, None).take(NEWEST) {
                if comment?.body.contains(&mark) {
                    return Ok(Observation::already());
                }
            }
            Ok(Observation::pending("no comment with that mark", ()))
        })
    }
}

impl Perform<WriteComment> for ForgePerformer<'_> {
    fn perform(&self, op: &WriteComment, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let issue = given.value(&op.issue)?;
        let body = format!("{}\n\n{}", op.body, in_body(&given.mark()));
        let comment = comments::create(self.forge, &op.repository, issue, &body)?;
        Ok(Done::saying(comment.html_url))
    }
}
