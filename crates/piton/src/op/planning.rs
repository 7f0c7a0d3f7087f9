//! Operations of staged planning: calling an agent, publishing.

use std::borrow::Cow;

use piton_base::Effort;
use piton_durable::TreeDigest;
use piton_git::Tip;
use piton_migration::consistency::Mode;
use piton_migration::planning::Step;
use piton_migration::slug::Slug;
use piton_plan::files::Content;
use piton_plan::{Detail, Operation, Output, OutputRef, Slot, Verb};
use serde::{Deserialize, Serialize};

use crate::agents::ChosenAgent;

/// The candidate that a call led to.
pub(crate) const CANDIDATE: Output<Candidate> = Output::new("candidate");

/// Calls an agent for one planning step, away from everything live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallAgent {
    pub(crate) slug: Slug,
    pub(crate) step: Step,
    /// The digest of the live migration that the step starts from.
    pub(crate) base: TreeDigest,
    pub(crate) agent: ChosenAgent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    pub(crate) effort: AskedEffort,
    pub(crate) prompt: String,
    /// The command line, as far as it is known beforehand.
    pub(crate) command_line: String,
    /// What the user ran, for the run record.
    pub(crate) command: String,
    /// Where HEAD was when the step was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<Tip>,
}

/// How much effort a call asks for, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AskedEffort {
    /// What the settings say for a call that asks for none.
    Default(Effort),
    /// Taking up feedback asks for the same tier everywhere.
    Refine(Effort),
}

/// A directory that holds the next state of a migration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Candidate {
    pub(crate) dir: std::path::PathBuf,
    pub(crate) digest: TreeDigest,
    pub(crate) mode: Mode,
    pub(crate) message: String,
}

/// Makes the next state of a migration live and commits it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Publish {
    pub(crate) slug: Slug,
    /// The live directory, from the top of the repository.
    pub(crate) destination: String,
    pub(crate) base: TreeDigest,
    /// What this is for, such as `planning.expand`.
    pub(crate) operation: String,
    /// The subject of the commit.
    pub(crate) subject: String,
    pub(crate) next: Next,
    /// The branch that the commit belongs on, and the commit it was decided on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on: Option<Tip>,
}

/// Where the next state comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Next {
    /// From a call of this plan.
    Candidate(Slot<Candidate>),
    /// From what is live, with these files changed.
    Edits(Edits),
}

/// Files of a migration to be changed, all at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edits {
    pub(crate) mode: Mode,
    pub(crate) message: String,
    pub(crate) files: Vec<Edit>,
}

/// One file to be changed; without content it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    /// Below the migration's directory.
    pub(crate) path: String,
    pub(crate) content: Option<Content>,
}

/// The first digits, enough for people to tell two apart.
pub(crate) fn short(digest: &TreeDigest) -> String {
    digest.to_string().chars().take(12).collect()
}

/// What a step or a publish was decided on, for people.
fn stands(base: &TreeDigest, on: Option<&Tip>) -> String {
    let on = on.map(|tip| format!(", on {tip}")).unwrap_or_default();
    format!("the migration at {}{on}", short(base))
}

impl AskedEffort {
    pub(crate) const fn tier(self) -> Effort {
        match self {
            Self::Default(tier) | Self::Refine(tier) => tier,
        }
    }
}

impl Operation for CallAgent {
    fn category(&self) -> &'static str {
        "agent"
    }

    fn verb(&self) -> Verb {
        Verb::Run
    }

    fn target(&self) -> Cow<'_, str> {
        format!("{}/{}", self.slug, self.step).into()
    }

    fn description(&self) -> Cow<'_, str> {
        format!(
            "asks {} for {}, at {} effort",
            self.agent.name,
            self.step,
            self.effort.tier()
        )
        .into()
    }

    fn produces(&self) -> &'static [&'static str] {
        const NAMES: [&str; 1] = [CANDIDATE.name()];
        &NAMES
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        Some(stands(&self.base, self.on.as_ref()).into())
    }

    fn expectation(&self) -> Cow<'_, str> {
        "a candidate built from the answer".into()
    }

    fn details(&self) -> Vec<Detail> {
        let mut details = vec![
            Detail::new(1, "agent", self.agent.name.clone()),
            Detail::new(
                1,
                "model",
                self.model
                    .clone()
                    .unwrap_or_else(|| "the agent's own".into()),
            ),
            Detail::new(1, "effort", self.effort.tier().to_string()),
            Detail::new(1, "command", self.command_line.clone()),
            Detail::new(2, "prompt", self.prompt.clone()),
        ];
        if let Some(script) = &self.agent.script {
            details.insert(1, Detail::new(1, "script", script.display().to_string()));
        }
        details
    }

    // A call that was cut off left nothing that counts, so it is made again.
    fn repeatable(&self) -> bool {
        true
    }

    // Its answer is in its output; what comes of it is published by another.
    fn leaves_a_trace(&self) -> bool {
        false
    }
}

impl Operation for Publish {
    fn category(&self) -> &'static str {
        "migration"
    }

    fn verb(&self) -> Verb {
        Verb::Publish
    }

    fn target(&self) -> Cow<'_, str> {
        self.destination.as_str().into()
    }

    fn description(&self) -> Cow<'_, str> {
        format!("commits \"{}\"", self.subject).into()
    }

    fn uses(&self) -> Vec<&OutputRef> {
        match &self.next {
            Next::Candidate(slot) => slot.uses().into_iter().collect(),
            Next::Edits(_) => Vec::new(),
        }
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        Some(stands(&self.base, self.on.as_ref()).into())
    }

    fn expectation(&self) -> Cow<'_, str> {
        "the candidate, live".into()
    }

    fn details(&self) -> Vec<Detail> {
        let mut details = vec![
            Detail::new(1, "to", self.destination.clone()),
            Detail::new(2, "built from", self.base.to_string()),
        ];
        match &self.next {
            Next::Candidate(slot) => {
                let from = match slot.uses() {
                    Some(reference) => reference.to_string(),
                    None => "a candidate".to_owned(),
                };
                details.push(Detail::new(1, "candidate", from));
            }
            Next::Edits(edits) => {
                for edit in &edits.files {
                    let what = if edit.content.is_some() {
                        "writes"
                    } else {
                        "removes"
                    };
                    details.push(Detail::new(1, what, edit.path.clone()));
                }
                details.push(Detail::new(2, "message", edits.message.clone()));
            }
        }
        details
    }

    fn repeatable(&self) -> bool {
        true
    }
}
