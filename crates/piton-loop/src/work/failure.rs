//! Why a piece of work came to nothing.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use piton_agent::outcome::Outcome;
use piton_agent::{CallFiles, CallRole};
use piton_git::UnderWay;

use crate::deciding::stop::Budget;
use crate::failures::{Consequence, FailureKind};
use crate::replies::{Decision, Recommendation};

/// Where the outputs behind a failure are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    pub(crate) agent: Option<CallFiles>,
    pub(crate) tests: Option<PathBuf>,
}

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
    Ended(End),
}

/// An end that says nothing about the work.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The provider gives no more for now.
    OutOfQuota {
        message: String,
        until: Option<Timestamp>,
    },
    /// The agent cannot be asked at all.
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

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfQuota { message, .. } | Self::Unavailable { message, .. } => {
                f.write_str(message)
            }
            Self::CutShort(budget) => budget.fmt(f),
            Self::HeldBack(begun) => begun.fmt(f),
            Self::Stopped => f.write_str("interrupted"),
        }
    }
}

impl From<WorkFailure> for Halt {
    fn from(failure: WorkFailure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

impl From<End> for Halt {
    fn from(end: End) -> Self {
        Self::Ended(end)
    }
}

impl Halt {
    /// Says what the end of a call without a reply means for the work.
    pub(super) fn of_outcome(role: CallRole, outcome: &Outcome) -> Self {
        let message = || format!("{outcome}; {}", outcome.advice());
        match outcome {
            Outcome::Stopped => End::Stopped.into(),
            Outcome::LimitReached { message, until } => Self::Ended(End::OutOfQuota {
                message: message.clone(),
                until: *until,
            }),
            Outcome::Authentication { .. }
            | Outcome::Rejected { .. }
            | Outcome::NotStarted { .. } => Self::Ended(End::Unavailable {
                message: message(),
                signed_out: matches!(outcome, Outcome::Authentication { .. }),
            }),
            Outcome::Replied { .. }
            | Outcome::Refused { .. }
            | Outcome::Outage { .. }
            | Outcome::CutShort { .. }
            | Outcome::Crashed { .. }
            | Outcome::Hung { .. }
            | Outcome::Deadline { .. }
            | Outcome::NoOutput { .. }
            | Outcome::Unreadable { .. } => {
                WorkFailure::again(role, Consequence::of(outcome).recorded, message()).into()
            }
        }
    }

    /// Says that piton itself could not go on.
    pub(super) fn trouble(role: CallRole, error: &dyn std::error::Error) -> Self {
        let story = piton_base::on_one_line(error);
        WorkFailure::again(role, FailureKind::AgentInfraFailure, story).into()
    }

    /// Adds where the agent's own words are kept.
    #[must_use]
    pub(super) fn heard_in(mut self, files: &CallFiles) -> Self {
        match &mut self {
            Self::Failed(failure) => failure.traces.agent = Some(files.clone()),
            Self::Ended(_) => {}
        }
        self
    }
}

/// What went wrong, as trouble of piton's own.
pub(super) trait OrTrouble<T> {
    fn or_trouble(self, role: CallRole) -> Result<T, Halt>;
}

impl<T, E: std::error::Error> OrTrouble<T> for Result<T, E> {
    fn or_trouble(self, role: CallRole) -> Result<T, Halt> {
        self.map_err(|error| Halt::trouble(role, &error))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use piton_agent::process::ExitKind;

    use super::*;

    const GUIDE: &str = include_str!("../../../../docs/agents.md");

    #[test]
    fn what_counts_as_a_failed_attempt_is_what_the_guide_says() {
        let message = String::new;
        let exit = ExitKind::Code(1);
        let zero = Duration::ZERO;
        for outcome in [
            Outcome::Refused { message: message() },
            Outcome::LimitReached {
                message: message(),
                until: None,
            },
            Outcome::Outage { message: message() },
            Outcome::Authentication { message: message() },
            Outcome::Rejected { message: message() },
            Outcome::CutShort { message: message() },
            Outcome::Crashed {
                exit,
                message: message(),
            },
            Outcome::Hung {
                silent_for: zero,
                after_output: false,
            },
            Outcome::Deadline { after: zero },
            Outcome::NoOutput { message: message() },
            Outcome::Unreadable { message: message() },
            Outcome::NotStarted { message: message() },
            Outcome::Stopped,
        ] {
            let begin = format!("| `{}` |", outcome.name());
            let row = GUIDE.lines().find(|line| line.starts_with(&begin));
            let row = row.unwrap_or_else(|| panic!("{begin} is not in the guide"));
            let counts = match Halt::of_outcome(CallRole::Refactor, &outcome) {
                Halt::Failed(_) => "| yes |",
                Halt::Ended(_) => "| no |",
            };
            assert!(row.ends_with(counts), "{row}");
        }
    }
}
