//! A comment on a plan.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::world::key;
use super::{BackendPerformer, BackendWorld};
use crate::store::{BackendError, PlanId, comment_mark};

/// Adds a comment, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddComment {
    pub plan: PlanId,
    pub text: String,
}

impl Operation for AddComment {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("plan", Verb::Comment, self.plan.as_str())
    }

    fn describe(&self) -> Description<'_> {
        let first = self.text.lines().next().unwrap_or_default();
        Description::new(format!("add a comment: {first}"))
            .expects("the comment is there")
            .detail(2, "text", &self.text)
    }
}

impl Observe<AddComment> for BackendWorld<'_> {
    fn observe(&self, op: &AddComment, given: &Given<'_>, _: Moment) -> Looked {
        let comments = self.backend.comments(&op.plan)?;
        let comments = comments.ok_or_else(|| BackendError::NotFound(op.plan.clone()))?;
        let mark = comment_mark(&key(given));
        let there = comments
            .iter()
            .any(|comment| comment.trusted && comment.body.contains(&mark));
        Ok(if there {
            Observation::already()
        } else {
            Observation::pending("no such comment", ())
        })
    }
}

impl Perform<AddComment> for BackendPerformer<'_> {
    fn perform(&self, op: &AddComment, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let id = self
            .backend
            .add_comment(&op.plan, &op.text, Some(&key(given)))?;
        Ok(Done::saying(format!("comment {id}")))
    }
}
