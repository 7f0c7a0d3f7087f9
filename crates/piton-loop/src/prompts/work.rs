//! What the prompts of work carry: refactors, phases, and the questions before
//! them.

use serde::Serialize;

use super::{PromptRole, TargetBrief};
use crate::replies::CandidateKind;

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

/// A phase, as an agent is told of it.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseText<'a> {
    pub name: &'a str,
    /// Its document, from the top of the repository.
    pub path: &'a str,
    pub document: &'a str,
    pub precondition: &'a str,
    pub effort: &'a str,
    pub effort_reason: Option<&'a str>,
}

/// A phase with the migration that it is of.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseBrief<'a> {
    pub slug: &'a str,
    /// The migration's directory, from the top of the repository.
    pub live: &'a str,
    /// Status, cursor and phases, a line each.
    pub summary: &'a str,
    pub phase: PhaseText<'a>,
}

/// One way of widening a target.
#[derive(Clone, Debug, Serialize)]
pub struct CandidateBrief<'a> {
    pub kind: CandidateKind,
    pub files: Vec<&'a str>,
    pub evidence: Vec<String>,
    pub surfaces: Vec<&'a str>,
}

/// Everything that a prompt of work carries.
#[derive(Clone, Debug, Serialize)]
pub struct WorkPrompt<'a> {
    pub migrations: &'a str,
    pub taste: &'a str,
    pub validation: Option<&'a str>,
    pub retry: Option<RetryBrief<'a>>,
    /// What the user puts in place of the amendment, word for word.
    pub amendment: Option<&'a str>,
    #[serde(flatten)]
    pub about: WorkAbout<'a>,
}

/// What is asked.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum WorkAbout<'a> {
    Refactor {
        attempt: u32,
        target: TargetBrief<'a>,
        /// What the user puts in place of the mission, word for word.
        mission: Option<&'a str>,
    },
    StoredPlan {
        title: &'a str,
        /// Its text, which others wrote.
        plan: &'a str,
    },
    Phase(PhaseBrief<'a>),
    ReadyCheck(PhaseBrief<'a>),
    Classify {
        target: TargetBrief<'a>,
    },
    ScopeSelection {
        target: TargetBrief<'a>,
        candidates: Vec<CandidateBrief<'a>>,
    },
}

impl WorkAbout<'_> {
    pub fn role(&self) -> PromptRole {
        match self {
            Self::Refactor { .. } => PromptRole::Refactor,
            Self::StoredPlan { .. } => PromptRole::StoredPlan,
            Self::Phase(_) => PromptRole::Phase,
            Self::ReadyCheck(_) => PromptRole::ReadyCheck,
            Self::Classify { .. } => PromptRole::Classify,
            Self::ScopeSelection { .. } => PromptRole::ScopeSelection,
        }
    }

    /// Whether it is a question, which changes nothing.
    pub(super) fn reads_only(&self) -> bool {
        match self {
            Self::Refactor { .. } | Self::StoredPlan { .. } | Self::Phase(_) => false,
            Self::ReadyCheck(_) | Self::Classify { .. } | Self::ScopeSelection { .. } => true,
        }
    }

    /// Says what of the migrations may be written.
    pub(super) fn may_write(&self) -> String {
        match self {
            Self::Phase(brief) => format!(
                "Of this one you may correct `plan.md` and the phase documents, where the work shows that they are wrong; `manifest.json` and `.planning/` in `{}/` are kept by piton, and other migrations are none of your business.",
                super::quote::inline(brief.live)
            ),
            Self::Refactor { .. }
            | Self::StoredPlan { .. }
            | Self::ReadyCheck(_)
            | Self::Classify { .. }
            | Self::ScopeSelection { .. } => "Change nothing in them.".to_owned(),
        }
    }
}
