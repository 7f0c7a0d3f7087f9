//! The text of a plan, replaced.

use piton_base::Digest;
use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{BackendPerformer, BackendWorld};
use crate::store::{Noted, PlanId, text_digest as digest};

/// Replaces the text of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetText {
    pub(crate) plan: PlanId,
    pub(crate) text: String,
    /// The text that is replaced.
    pub(crate) was: Digest,
    /// The difference, for people.
    pub(crate) diff: String,
}

impl Operation for SetText {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("plan-text", Verb::Write, self.plan.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new("replace the text of the plan")
            .premise(format!("the text {}", self.was.short()))
            .expects(format!("the text {}", digest(&self.text).short()))
            .detail(2, "difference", &self.diff)
    }
}

impl SetText {
    /// Decides about a new text; none if it is the old one.
    pub fn decide(plan: PlanId, old: &str, text: String, diff: String) -> Option<Self> {
        let was = digest(old);
        (was != digest(&text)).then_some(Self {
            plan,
            text,
            was,
            diff,
        })
    }
}

impl Observe<SetText> for BackendWorld<'_> {
    fn observe(&self, op: &SetText, _: &Given<'_>, _: Moment) -> Looked {
        let document = self.backend.needed(&op.plan)?;
        let found = digest(&self.backend.text(&document)?.unwrap_or_default());
        let told = |digest: &Digest| format!("the text {}", digest.short());
        Ok(if found == digest(&op.text) {
            Observation::already()
        } else if found == op.was {
            Observation::pending(told(&found), ())
        } else {
            Observation::changed(told(&op.was), told(&found))
        })
    }
}

impl Perform<SetText> for BackendPerformer<'_> {
    fn perform(&self, op: &SetText, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let notes = self
            .backend
            .replace_text(&op.plan, &op.text, Some(&op.was))?;
        let warnings: Vec<String> = notes.iter().filter_map(Noted::warning).collect();
        Ok(Done::saying(warnings.join("; ")))
    }
}
