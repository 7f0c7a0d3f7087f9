//! The classifier's answer: which route a target takes.

use super::decision_line::{DecisionLine, Undecided};
use super::ready::is_word_char;

/// Where a target goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// One commit does it.
    CohesiveCleanup,
    /// It takes a migration.
    NeedsPlan,
}

/// The answer names no route, or two.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ClassifierError {
    #[error("the answer has no line \"decision: cohesive-cleanup\" or \"decision: needs-plan\"")]
    Missing,
    #[error(transparent)]
    Undecided(#[from] Undecided),
}

impl Route {
    pub const ALL: [Self; 2] = [Self::CohesiveCleanup, Self::NeedsPlan];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::CohesiveCleanup => "cohesive-cleanup",
            Self::NeedsPlan => "needs-plan",
        }
    }

    /// Reads the route in an agent's text.
    pub fn parse(text: &str) -> Result<Self, ClassifierError> {
        let read = |line: DecisionLine<'_>| {
            Self::ALL.into_iter().find(|route| {
                line.take_word(route.as_str())
                    .is_some_and(|after| !after.starts_with(is_word_char))
            })
        };
        DecisionLine::only(text, "decision", read, |route| *route)?.ok_or(ClassifierError::Missing)
    }
}
