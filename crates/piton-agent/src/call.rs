//! One invocation of an agent for one role.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use piton_seal::CacheSet;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::watchdog::Limits;
use piton_base::Effort;

/// What an agent is asked for.
#[derive(Clone, Debug)]
pub struct AgentCall {
    pub role: CallRole,
    /// The migration this is about, where there is one.
    pub slug: Option<String>,
    /// The directory the agent works in: a slot, never the user's own tree.
    pub cwd: PathBuf,
    /// The only directory that planning calls may write.
    pub workspace: PathBuf,
    pub prompt: String,
    pub model: Option<String>,
    pub effort: Option<Effort>,
    /// The JSON schema of the answer, for agents that can be held to one.
    pub schema: Option<serde_json::Value>,
    pub limits: Limits,
    /// The tool caches that go with the slot.
    pub caches: CacheSet,
}

/// Why an agent (or the code around it) is at work; the names are part of the
/// run record's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum CallRole {
    ScopeExpansion,
    Classify,
    Refactor,
    Validation,
    Planning(PlanningRole),
    PlanningState,
    PlanningPublish,
    PlanningResume,
    PhaseExecutionGate,
    PhaseEffortBudget,
    PhaseReadyCheck,
    PhaseExecute,
    PhaseValidation,
    /// A person and an agent look at a migration together.
    MigrationReview,
    /// A person and an agent write down the team's taste.
    Taste,
}

/// The planning steps, as far as an agent needs to know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlanningRole {
    Approaches,
    PickBest,
    Expand,
    Review,
    Revise,
    Review2,
    FinalReview,
}

impl CallRole {
    pub const ALL: [Self; 21] = [
        Self::ScopeExpansion,
        Self::Classify,
        Self::Refactor,
        Self::Validation,
        Self::Planning(PlanningRole::Approaches),
        Self::Planning(PlanningRole::PickBest),
        Self::Planning(PlanningRole::Expand),
        Self::Planning(PlanningRole::Review),
        Self::Planning(PlanningRole::Revise),
        Self::Planning(PlanningRole::Review2),
        Self::Planning(PlanningRole::FinalReview),
        Self::PlanningState,
        Self::PlanningPublish,
        Self::PlanningResume,
        Self::PhaseExecutionGate,
        Self::PhaseEffortBudget,
        Self::PhaseReadyCheck,
        Self::PhaseExecute,
        Self::PhaseValidation,
        Self::MigrationReview,
        Self::Taste,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScopeExpansion => "scope-expansion",
            Self::Classify => "classify",
            Self::Refactor => "refactor",
            Self::Validation => "validation",
            Self::Planning(PlanningRole::Approaches) => "planning.approaches",
            Self::Planning(PlanningRole::PickBest) => "planning.pick-best",
            Self::Planning(PlanningRole::Expand) => "planning.expand",
            Self::Planning(PlanningRole::Review) => "planning.review",
            Self::Planning(PlanningRole::Revise) => "planning.revise",
            Self::Planning(PlanningRole::Review2) => "planning.review-2",
            Self::Planning(PlanningRole::FinalReview) => "planning.final-review",
            Self::PlanningState => "planning.state",
            Self::PlanningPublish => "planning.publish",
            Self::PlanningResume => "planning.resume",
            Self::PhaseExecutionGate => "phase.execution-gate",
            Self::PhaseEffortBudget => "phase.effort-budget",
            Self::PhaseReadyCheck => "phase.ready-check",
            Self::PhaseExecute => "phase.execute",
            Self::PhaseValidation => "phase.validation",
            Self::MigrationReview => "migration.review",
            Self::Taste => "taste",
        }
    }
}

impl fmt::Display for CallRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that names no call role.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not a call role, such as planning.approaches or phase.execute")]
pub struct UnknownRole(pub String);

impl FromStr for CallRole {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

piton_base::through_text!(CallRole);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_own_name() {
        for role in CallRole::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("planning".parse::<CallRole>().is_err());
    }
}
