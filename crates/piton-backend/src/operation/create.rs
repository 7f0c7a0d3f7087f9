//! A plan that is made.

use jiff::Timestamp;
use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Output, Perform, Verb,
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::world::key;
use super::{BackendPerformer, BackendWorld};
use crate::header::Patch;
use crate::store::{BackendError, NewPlan, PlanId, Provider};

/// The id of the plan that was made.
pub const PLAN: Output<String> = Output::new("plan");

/// Where it is.
pub const URL: Output<String> = Output::new("url");

/// Makes a plan, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatePlan {
    pub provider: Provider,
    pub title: String,
    pub text: String,
    pub labels: Vec<String>,
    /// Fields of the header and their values, in their order.
    pub fields: Vec<(String, Json)>,
    pub learn: bool,
    pub summary: Option<String>,
    pub base: Option<String>,
    /// When it was begun, where more than this one action may go on with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What tells this creation apart, where more than this one action must
    /// find it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<String>,
}

impl CreatePlan {
    fn mark(&self, given: &Given<'_>) -> String {
        self.once.clone().unwrap_or_else(|| key(given))
    }
}

impl Operation for CreatePlan {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("plan", Verb::Create, self.title.as_str())
    }

    fn describe(&self) -> Description<'_> {
        let place = match self.provider {
            Provider::GithubIssue => "in an issue",
            Provider::GithubDraftPr => "in a draft pull request",
            Provider::Local => "in a directory",
        };
        Description::new(format!("make the plan `{}` {place}", self.title))
            .expects("the plan is there, with its text and its header")
            .detail(
                1,
                "size",
                format!("{} characters", self.text.chars().count()),
            )
            .detail(1, "labels", self.labels.join(", "))
            .detail(2, "text", &self.text)
    }

    fn produces(&self) -> &'static [&'static str] {
        const { &[PLAN.name(), URL.name()] }
    }
}

impl Observe<CreatePlan> for BackendWorld<'_> {
    fn observe(&self, op: &CreatePlan, given: &Given<'_>, _: Moment) -> Looked {
        let Some(made) = self.backend.made(&op.mark(given))? else {
            return Ok(Observation::pending("no such plan", ()));
        };
        if !self.backend.is_whole(&made)? {
            return Ok(Observation::pending("a plan that is not complete", ()));
        }
        Ok(Observation::Already {
            outputs: done(&made.id, made.url).outputs,
        })
    }
}

impl Perform<CreatePlan> for BackendPerformer<'_> {
    fn perform(&self, op: &CreatePlan, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let fields = Patch::new(op.fields.clone()).map_err(BackendError::from)?;
        let created = self.backend.create(&NewPlan {
            title: op.title.clone(),
            text: op.text.clone(),
            labels: op.labels.clone(),
            fields,
            learn: op.learn,
            summary: op.summary.clone(),
            base: op.base.clone(),
            since: op.since,
            key: op.mark(given),
        })?;
        Ok(done(&created.id, created.url))
    }
}

fn done(id: &PlanId, url: String) -> Done {
    Done::saying(format!("plan {id}: {url}"))
        .with(&PLAN, id.to_string())
        .with(&URL, url)
}
