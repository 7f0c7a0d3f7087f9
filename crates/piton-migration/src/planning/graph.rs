//! The planning graph.
//!
//! ```text
//! approaches ▶ pick-best ▶ expand ▶ review ──clear──▶ final-review ▶ decided
//!                                     └─findings─▶ revise ▶ review-2 ──clear──┘
//! ```
//!
//! Feedback reopens: from a review, or from an approval, back to revise.

use thiserror::Error;

use super::step::{Cursor, Decision, Outcome, Step};

/// Where planning stands, with what is known there. `findings` is the stage
/// reference of the review whose findings are being worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    Approaches,
    PickBest,
    Expand,
    Review,
    Revise {
        findings: Option<String>,
    },
    Review2 {
        findings: Option<String>,
    },
    FinalReview {
        findings: Option<String>,
    },
    Decided {
        decision: Decision,
        findings: Option<String>,
    },
}

/// Why planning cannot go on from where it stands in this way.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GraphError {
    #[error("planning has ended with {0}, so no step may follow")]
    Ended(Decision),
    #[error("planning stands at {expected}, so {found} cannot be accepted")]
    WrongStep { expected: Step, found: Step },
    #[error("{step} cannot come out as {outcome}")]
    WrongOutcome { step: Step, outcome: Outcome },
    #[error("planning at {0} cannot be reopened; only reviews and approvals can")]
    NotReopenable(Cursor),
}

impl Position {
    /// Returns where every plan starts.
    pub fn start() -> Self {
        Self::Approaches
    }

    /// Accepts a step and its outcome. `stdout` is the reference of the step's
    /// output, kept where it holds findings.
    pub fn advance(self, step: Step, outcome: Outcome, stdout: &str) -> Result<Self, GraphError> {
        if let Self::Decided { decision, .. } = self {
            return Err(GraphError::Ended(decision));
        }
        if let Cursor::Step(expected) = self.cursor()
            && step != expected
        {
            return Err(GraphError::WrongStep {
                expected,
                found: step,
            });
        }
        match (self, outcome) {
            (Self::Approaches, Outcome::Completed) => Ok(Self::PickBest),
            (Self::PickBest, Outcome::Completed) => Ok(Self::Expand),
            (Self::Expand, Outcome::Completed) => Ok(Self::Review),
            (Self::Review, Outcome::Clear) => Ok(Self::FinalReview { findings: None }),
            (Self::Review, Outcome::Findings) => Ok(Self::Revise {
                findings: Some(stdout.to_owned()),
            }),
            (Self::Revise { findings }, Outcome::Completed) => Ok(Self::Review2 { findings }),
            (Self::Review2 { findings }, Outcome::Clear) => Ok(Self::FinalReview { findings }),
            (Self::FinalReview { findings }, Outcome::Decided(decision)) => {
                Ok(Self::Decided { decision, findings })
            }
            (_, outcome) => Err(GraphError::WrongOutcome { step, outcome }),
        }
    }

    /// Reopens planning for another revision.
    pub fn reopen(self) -> Result<Self, GraphError> {
        match self {
            Self::Review
            | Self::Review2 { .. }
            | Self::FinalReview { .. }
            | Self::Decided {
                decision: Decision::ApproveAuto | Decision::ApproveNeedsHuman,
                ..
            } => Ok(Self::Revise { findings: None }),
            Self::Approaches
            | Self::PickBest
            | Self::Expand
            | Self::Revise { .. }
            | Self::Decided {
                decision: Decision::Reject,
                ..
            } => Err(GraphError::NotReopenable(self.cursor())),
        }
    }

    /// Returns the cursor at this position.
    pub fn cursor(&self) -> Cursor {
        match self {
            Self::Approaches => Cursor::Step(Step::Approaches),
            Self::PickBest => Cursor::Step(Step::PickBest),
            Self::Expand => Cursor::Step(Step::Expand),
            Self::Review => Cursor::Step(Step::Review),
            Self::Revise { .. } => Cursor::Step(Step::Revise),
            Self::Review2 { .. } => Cursor::Step(Step::Review2),
            Self::FinalReview { .. } => Cursor::Step(Step::FinalReview),
            Self::Decided { decision, .. } => Cursor::Terminal(*decision),
        }
    }

    /// Returns the reference of the findings being worked on.
    pub fn findings(&self) -> Option<&str> {
        match self {
            Self::Approaches | Self::PickBest | Self::Expand | Self::Review => None,
            Self::Revise { findings }
            | Self::Review2 { findings }
            | Self::FinalReview { findings }
            | Self::Decided { findings, .. } => findings.as_deref(),
        }
    }

    /// Returns the decision that ended planning.
    pub fn decision(&self) -> Option<Decision> {
        match self {
            Self::Decided { decision, .. } => Some(*decision),
            Self::Approaches
            | Self::PickBest
            | Self::Expand
            | Self::Review
            | Self::Revise { .. }
            | Self::Review2 { .. }
            | Self::FinalReview { .. } => None,
        }
    }
}
