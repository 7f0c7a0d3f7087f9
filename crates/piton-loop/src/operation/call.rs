//! Calling an agent for one planning step.

use piton_durable::TreeDigest;
use piton_git::{CommitId, Tip};
use piton_migration::candidate::Candidate;
use piton_migration::operation::stands;
use piton_migration::planning::Step;
use piton_migration::slug::Slug;
use piton_plan::{Description, Key, Operation, Output, Verb};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::AgentChoice;
use crate::effort::{EffortBudget, EffortResolution};
use crate::planning::decide::StepDecision;
use crate::planning::snapshot::Snapshot;

/// The candidate that a call led to.
pub const CANDIDATE: Output<Candidate> = Output::new("candidate");

/// Calls an agent for one planning step, away from everything live. The whole
/// decision stands here; performing it decides nothing again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallAgent {
    pub slug: Slug,
    pub step: Step,
    /// The digest of the live migration that the step starts from.
    pub base: TreeDigest,
    /// The commit that the agent is shown.
    pub commit: CommitId,
    /// Where HEAD was when the step was decided.
    pub on: Tip,
    /// The live directory, from the top of the repository.
    pub destination: String,
    /// The subject of the commit that will record the step.
    pub subject: String,
    pub agent: AgentChoice,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub effort: EffortResolution,
    pub budget: EffortBudget,
    pub prompt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// The command line, as far as it is known beforehand.
    pub command_line: String,
    /// What the user ran, for the run record.
    pub command: String,
}

impl CallAgent {
    /// Returns the decision, together with the state that it was made on.
    pub(super) fn decision(&self, base: Snapshot) -> StepDecision {
        StepDecision {
            base,
            step: self.step,
            commit: self.commit.clone(),
            on: self.on.clone(),
            effort: self.effort.clone(),
            model: self.model.clone(),
            prompt: self.prompt.clone(),
            schema: self.schema.clone(),
            subject: self.subject.clone(),
            destination: self.destination.clone(),
            notes: Vec::new(),
        }
    }
}

impl Operation for CallAgent {
    /// The state that the step starts from; the same read serves the look and
    /// the call.
    type Seen = Box<Snapshot>;

    fn key(&self) -> Key<'_> {
        Key::new("agent", Verb::Run, format!("{}/{}", self.slug, self.step))
    }

    fn describe(&self) -> Description<'_> {
        let (agent, effort) = (&self.agent.name, self.effort.effective);
        let line = format!("asks {agent} for {}, at {effort} effort", self.step);
        let mut shown = Description::new(line)
            .premise(stands(&self.base, Some(&self.on)))
            .expects("a candidate built from the answer")
            .detail(1, "agent", agent);
        if let Some(script) = &self.agent.script {
            shown = shown.detail(1, "script", script.display().to_string());
        }
        let model = self.model.as_deref().unwrap_or("the agent's own");
        shown
            .detail(1, "model", model)
            .detail(1, "effort", effort.as_str())
            .detail(1, "command", &self.command_line)
            .detail(2, "prompt", &self.prompt)
    }

    fn produces(&self) -> &'static [&'static str] {
        const NAMES: [&str; 1] = [CANDIDATE.name()];
        &NAMES
    }

    // Its answer is in its output; what comes of it is published by another.
    fn leaves_a_trace(&self) -> bool {
        false
    }
}
