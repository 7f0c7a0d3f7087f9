//! What the prompts of work carry: refactors, phases, and the questions before
//! them.

use serde::Serialize;

use super::{PromptRole, TargetBrief};

/// The try before, for the one after it.
#[derive(Clone, Debug, Serialize)]
pub struct RetryBrief<'a> {
    /// The number of the try that begins now.
    pub number: u32,
    /// What became of the one before, without machine paths.
    pub summary: &'a str,
    pub focus: Option<&'a str>,
    /// What the try before weakened in the tests, a line each.
    pub weakened: Option<&'a str>,
}

/// Everything that the prompt of a refactor carries.
#[derive(Clone, Debug, Serialize)]
pub struct RefactorPrompt<'a> {
    pub attempt: u32,
    pub target: TargetBrief<'a>,
    pub migrations: &'a str,
    pub taste: &'a str,
    pub validation: Option<&'a str>,
    pub retry: Option<RetryBrief<'a>>,
    /// What the user puts in place of the mission, word for word.
    pub mission: Option<&'a str>,
    /// What the user puts in place of the amendment, word for word.
    pub amendment: Option<&'a str>,
}

/// A phase, as an agent is told of it.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseBrief<'a> {
    pub name: &'a str,
    /// Its document, from the top of the repository.
    pub path: &'a str,
    pub document: &'a str,
    pub precondition: &'a str,
    pub effort: &'a str,
    pub effort_reason: Option<&'a str>,
}

/// Everything that the prompts about a phase carry.
#[derive(Clone, Debug, Serialize)]
pub struct PhasePrompt<'a> {
    pub slug: &'a str,
    /// The migration's directory, from the top of the repository.
    pub live: &'a str,
    /// Status, cursor and phases, a line each.
    pub summary: &'a str,
    pub phase: PhaseBrief<'a>,
    pub migrations: &'a str,
    pub taste: &'a str,
    pub validation: Option<&'a str>,
    pub retry: Option<RetryBrief<'a>>,
    pub amendment: Option<&'a str>,
}

/// Everything that the classifier's prompt carries.
#[derive(Clone, Debug, Serialize)]
pub struct ClassifyPrompt<'a> {
    pub target: TargetBrief<'a>,
    pub migrations: &'a str,
    pub taste: &'a str,
}

/// Everything that the prompt of a stored plan carries.
#[derive(Clone, Debug, Serialize)]
pub struct StoredPlanPrompt<'a> {
    pub title: &'a str,
    /// Its text, which others wrote.
    pub plan: &'a str,
    pub migrations: &'a str,
    pub taste: &'a str,
    pub validation: Option<&'a str>,
    pub retry: Option<RetryBrief<'a>>,
    pub amendment: Option<&'a str>,
}

/// One way of widening a target.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateBrief<'a> {
    pub kind: &'static str,
    pub files: Vec<&'a str>,
    pub evidence: Vec<String>,
    pub surfaces: Vec<&'a str>,
}

/// Everything that the prompt of the scope selection carries.
#[derive(Clone, Debug, Serialize)]
pub struct ScopePrompt<'a> {
    pub target: TargetBrief<'a>,
    pub candidates: Vec<CandidateBrief<'a>>,
    pub migrations: &'a str,
    pub taste: &'a str,
}

/// Any prompt of work.
#[derive(Clone, Debug)]
pub enum WorkPrompt<'a> {
    Refactor(RefactorPrompt<'a>),
    StoredPlan(StoredPlanPrompt<'a>),
    Phase(PhasePrompt<'a>),
    ReadyCheck(PhasePrompt<'a>),
    Classify(ClassifyPrompt<'a>),
    ScopeSelection(ScopePrompt<'a>),
}

impl WorkPrompt<'_> {
    pub fn role(&self) -> PromptRole {
        match self {
            Self::Refactor(_) => PromptRole::Refactor,
            Self::StoredPlan(_) => PromptRole::StoredPlan,
            Self::Phase(_) => PromptRole::Phase,
            Self::ReadyCheck(_) => PromptRole::ReadyCheck,
            Self::Classify(_) => PromptRole::Classify,
            Self::ScopeSelection(_) => PromptRole::ScopeSelection,
        }
    }

    /// Whether it is a question, which changes nothing.
    pub(super) fn reads_only(&self) -> bool {
        match self {
            Self::Refactor(_) | Self::StoredPlan(_) | Self::Phase(_) => false,
            Self::ReadyCheck(_) | Self::Classify(_) | Self::ScopeSelection(_) => true,
        }
    }

    /// Says what of the migrations may be written.
    pub(super) fn may_write(&self) -> String {
        match self {
            Self::Refactor(_) | Self::StoredPlan(_) => "Change nothing in them.".to_owned(),
            Self::Phase(prompt) => format!(
                "Of this one you may correct `plan.md` and the phase documents, where the work shows that they are wrong; `manifest.json` and `.planning/` in `{}/` are kept by piton, and other migrations are none of your business.",
                super::quote::inline(prompt.live)
            ),
            Self::ReadyCheck(_) | Self::Classify(_) | Self::ScopeSelection(_) => {
                "Change nothing in them.".to_owned()
            }
        }
    }
}
