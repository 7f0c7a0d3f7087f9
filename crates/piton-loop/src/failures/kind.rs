//! The kinds of failure that records name.

use std::fmt;
use std::str::FromStr;

macro_rules! kinds {
    ($($variant:ident => $name:literal,)*) => {
        /// Why something was not done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FailureKind {
            $($variant,)*
        }

        impl FailureKind {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    None => "none",
    Timeout => "timeout",
    Stuck => "stuck",
    AgentInfraFailure => "agent-infra-failure",
    AgentExitedNonzero => "agent-exited-nonzero",
    AgentRequestedTransition => "agent-requested-transition",
    ValidationFailed => "validation-failed",
    ValidationInfraFailure => "validation-infra-failure",
    PhaseFailed => "phase-failed",
    PhaseReadyNo => "phase-ready-no",
    PhaseReadyUnverifiable => "phase-ready-unverifiable",
    PhaseEffortOverBudget => "phase-effort-over-budget",
    MigrationConsistencyError => "migration-consistency-error",
    PlanningConsistencyError => "planning-consistency-error",
    PlanningStateMissing => "planning-state-missing",
    PlanningStateInvalid => "planning-state-invalid",
    PlanningStepFailed => "planning-step-failed",
    PlanningPublishBlocked => "planning-publish-blocked",
    PlanningRejected => "planning-rejected",
    PlanningBlocked => "planning-blocked",
}

impl FailureKind {
    /// Guesses the kind of an error of which only the message is left. Typed
    /// errors say their kind themselves.
    pub fn from_message(message: &str) -> Self {
        let message = message.to_lowercase();
        if message.contains("timed out") {
            Self::Timeout
        } else if message.contains("produced no output") {
            Self::Stuck
        } else {
            Self::AgentInfraFailure
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no kind of failure")]
pub struct FailureKindError(String);

impl FromStr for FailureKind {
    type Err = FailureKindError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| FailureKindError(word.to_owned()))
    }
}
