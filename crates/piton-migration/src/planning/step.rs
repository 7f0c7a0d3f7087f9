//! The names of planning: steps, outcomes, decisions, cursors.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

piton_base::words! {
    /// One step of planning, in the order of a plan without surprises.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Step: "a planning step" {
        Approaches = "approaches",
        PickBest = "pick-best",
        Expand = "expand",
        Review = "review",
        Revise = "revise",
        Review2 = "review-2",
        FinalReview = "final-review",
    }
}

piton_base::words! {
    /// What a final review decides.
    #[derive(Hash)]
    pub enum Decision: "a decision" {
        ApproveAuto = "approve-auto",
        ApproveNeedsHuman = "approve-needs-human",
        Reject = "reject",
    }
}

/// How an accepted step came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Completed,
    Clear,
    Findings,
    Decided(Decision),
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 6] = [
        Self::Completed,
        Self::Clear,
        Self::Findings,
        Self::Decided(Decision::ApproveAuto),
        Self::Decided(Decision::ApproveNeedsHuman),
        Self::Decided(Decision::Reject),
    ];

    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Clear => "clear",
            Self::Findings => "findings",
            Self::Decided(decision) => decision.as_str(),
        }
    }
}

/// Where planning stands: at a step, or at the end that a decision led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cursor {
    Step(Step),
    Terminal(Decision),
}

impl Cursor {
    /// Every cursor.
    pub fn all() -> impl Iterator<Item = Self> {
        let steps = Step::ALL.iter().copied().map(Self::Step);
        steps.chain(Decision::ALL.iter().copied().map(Self::Terminal))
    }

    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Step(step) => step.as_str(),
            Self::Terminal(Decision::ApproveAuto) => "terminal-ready",
            Self::Terminal(Decision::ApproveNeedsHuman) => "terminal-ready-awaiting-human",
            Self::Terminal(Decision::Reject) => "terminal-skipped",
        }
    }
}

/// A text that names nothing of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a {kind}", .text.escape_debug())]
pub struct UnknownName {
    pub kind: &'static str,
    pub text: String,
}

/// Gives each kind of name its reading and its writing.
macro_rules! named {
    ($($kind:ty, $word:literal, $all:expr;)*) => {$(
        impl FromStr for $kind {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $all.into_iter()
                    .find(|it: &Self| it.as_str() == text)
                    .ok_or_else(|| UnknownName { kind: $word, text: text.to_owned() })
            }
        }

        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )*};
}

named! {
    Outcome, "outcome", Self::ALL;
    Cursor, "planning cursor", Self::all();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_files() {
        let cursors: Vec<_> = Cursor::all().map(Cursor::as_str).collect();
        assert_eq!(
            cursors,
            [
                "approaches",
                "pick-best",
                "expand",
                "review",
                "revise",
                "review-2",
                "final-review",
                "terminal-ready",
                "terminal-ready-awaiting-human",
                "terminal-skipped",
            ]
        );
        let outcomes = Outcome::ALL.map(Outcome::as_str);
        assert_eq!(
            outcomes,
            [
                "completed",
                "clear",
                "findings",
                "approve-auto",
                "approve-needs-human",
                "reject"
            ]
        );
    }
}
