//! Why a piece of work came to nothing.

use std::fmt;

use jiff::Timestamp;
use piton_agent::CallRole;
use piton_agent::outcome::Outcome;
use piton_git::UnderWay;

use super::evidence::Traces;
use crate::deciding::stop::Budget;
use crate::failures::{Consequence, FailureKind};
use crate::replies::{Decision, Recommendation};

/// One decision not to commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkFailure {
    pub role: CallRole,
    pub kind: FailureKind,
    pub decision: Decision,
    pub recommendation: Recommendation,
    /// What happened, for people; may name places of this machine.
    pub story: String,
    /// What another try should look at.
    pub focus: Option<String>,
    /// Whether it weakened the tests; the story then lists how, a line each
    /// after the first.
    pub weakened: bool,
    pub traces: Traces,
}

impl WorkFailure {
    /// Returns a failure that another try may mend.
    pub(super) fn again(role: CallRole, kind: FailureKind, story: impl Into<String>) -> Self {
        Self {
            role,
            kind,
            decision: Decision::Retry,
            recommendation: Recommendation::SameTarget,
            story: story.into(),
            focus: None,
            weakened: false,
            traces: Traces::default(),
        }
    }

    /// Returns the same as the last word: no try is left.
    #[must_use]
    pub(super) fn last_word(mut self) -> Self {
        if self.decision == Decision::Retry {
            self.decision = Decision::Abandon;
            self.recommendation = Recommendation::NewTarget;
        }
        self
    }

    /// Returns what it weakened in the tests, a line each.
    pub(super) fn weakened(&self) -> Option<&str> {
        let (_, list) = self.story.split_once('\n').filter(|_| self.weakened)?;
        Some(list)
    }

    #[must_use]
    pub(super) fn with(mut self, traces: Traces) -> Self {
        self.traces = traces;
        self
    }
}

impl fmt::Display for WorkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.story)
    }
}

/// What ends a piece of work before it is accepted.
#[derive(Clone, Debug, PartialEq)]
pub enum Halt {
    Failed(Box<WorkFailure>),
    OutOfQuota {
        message: String,
        until: Option<Timestamp>,
    },
    /// The agent cannot be asked at all, which says nothing about the work.
    Unavailable {
        message: String,
        signed_out: bool,
    },
    /// The run has nothing left to spend on it.
    CutShort(Budget),
    /// The user has begun a merge or the like: nothing could land, so nobody
    /// is paid.
    HeldBack(UnderWay),
    Stopped,
}

impl From<WorkFailure> for Halt {
    fn from(failure: WorkFailure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl Halt {
    /// Says what the end of a call without a reply means for the work.
    pub(super) fn of_outcome(role: CallRole, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Stopped => Self::Stopped,
            Outcome::LimitReached { message, until } => Self::OutOfQuota {
                message: message.clone(),
                until: *until,
            },
            Outcome::Authentication { .. }
            | Outcome::Rejected { .. }
            | Outcome::NotStarted { .. } => Self::Unavailable {
                message: format!("{outcome}; {}", outcome.advice()),
                signed_out: matches!(outcome, Outcome::Authentication { .. }),
            },
            Outcome::Replied { .. }
            | Outcome::Refused { .. }
            | Outcome::Outage { .. }
            | Outcome::CutShort { .. }
            | Outcome::Crashed { .. }
            | Outcome::Hung { .. }
            | Outcome::Deadline { .. }
            | Outcome::NoOutput { .. }
            | Outcome::Unreadable { .. } => {
                let kind = Consequence::of(outcome).recorded;
                WorkFailure::again(role, kind, format!("{outcome}; {}", outcome.advice())).into()
            }
        }
    }

    /// Says that piton itself could not go on.
    pub(super) fn trouble(role: CallRole, error: &dyn std::error::Error) -> Self {
        let story = piton_base::on_one_line(error);
        WorkFailure::again(role, FailureKind::AgentInfraFailure, story).into()
    }
}
