//! Why a step was not accepted.

use piton_agent::AgentError;
use piton_agent::outcome::Outcome;
use piton_agent::watchdog::EndReason;
use piton_durable::{DiskError, TreeError, WriteError};
use piton_git::GitError;
use piton_git::slot::SlotError;

use super::accept::AcceptError;
use super::paths::PathError;
use super::strayed::Strayed;
use crate::failures::{Consequence, FailureKind};
use crate::guard::GuardError;
use crate::runs::{FinalStatus, RecordError};
use crate::slots::SetupError;
use piton_migration::candidate::CandidateError;
use piton_migration::contents::ContentsError;

/// A step that was not accepted. Live, state and working tree are as before.
#[derive(Debug, thiserror::Error)]
pub enum StepFailure {
    #[error("no slot could be prepared for the agent")]
    Slot(#[source] SlotError),
    #[error("no slot could be prepared for the agent")]
    Setup(#[from] SetupError),
    #[error("the migration's directory could not be prepared for the agent")]
    Layout(#[source] DiskError),
    #[error("there is no room for the agent's answer")]
    Reserve(#[from] WriteError),
    #[error("the migration's directory could not be prepared for the agent")]
    Path(#[source] PathError),
    #[error("the migration's directory could not be prepared for the agent")]
    Clear(#[from] TreeError),
    #[error("the agent could not be called")]
    Call(#[from] AgentError),
    #[error("{0}")]
    Agent(Outcome),
    #[error("what the agent changed could not be determined")]
    Changes(#[source] SlotError),
    #[error("your repository could not be guarded")]
    Guard(#[from] GuardError),
    #[error("the repository could not be read")]
    Look(#[from] GitError),
    #[error("the agent went outside the migration's directory: {0}; all its work is refused")]
    Strayed(Strayed),
    #[error("the agent left a file that a plan must not contain")]
    Unfit(#[source] SlotError),
    #[error("the agent left a file in the migration's directory that a plan must not contain")]
    Left(#[source] ContentsError),
    #[error("the agent replaced a directory on the way to the migration")]
    LeftPath(#[source] PathError),
    #[error("the agent's work cannot be accepted")]
    Refused(#[from] AcceptError),
    #[error(transparent)]
    Candidate(#[from] CandidateError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl StepFailure {
    /// Returns what follows from it.
    pub fn consequence(&self) -> Consequence {
        match self {
            Self::Agent(outcome) => Consequence::of(outcome),
            Self::Setup(SetupError::Ended {
                reason: EndReason::Stopped,
            }) => Consequence::of(&Outcome::Stopped),
            Self::Call(_) => Consequence {
                run: FinalStatus::AgentFailed,
                ..Consequence::TROUBLE
            },
            Self::Slot(_)
            | Self::Setup(_)
            | Self::Changes(_)
            | Self::Guard(_)
            | Self::Layout(_)
            | Self::Reserve(_)
            | Self::Path(_)
            | Self::Clear(_)
            | Self::Look(_)
            | Self::Record(_) => Consequence::TROUBLE,
            Self::Strayed(_)
            | Self::Unfit(_)
            | Self::Left(_)
            | Self::LeftPath(_)
            | Self::Refused(_) => Consequence::REFUSED,
            Self::Candidate(CandidateError::Inconsistent { .. }) => Consequence {
                recorded: FailureKind::PlanningConsistencyError,
                ..Consequence::REFUSED
            },
            Self::Candidate(
                CandidateError::Clear(_)
                | CandidateError::Digest(_)
                | CandidateError::Directory(_)
                | CandidateError::Write(_),
            ) => Consequence::TROUBLE,
        }
    }

    /// Says what a person can do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::Agent(outcome) => outcome.advice().to_owned(),
            Self::Strayed(strayed) => strayed.advice(),
            Self::Slot(error) => then_again(error, "no agent was called; correct the cause, then run the step again"),
            Self::Unfit(error) => then_again(error, "none of its work was taken; run the step again"),
            Self::Setup(SetupError::Ended {
                reason: EndReason::Stopped,
            }) => Outcome::Stopped.advice().to_owned(),
            Self::Setup(_) => "no agent was called; correct `slot.setup`, then run the step again".to_owned(),
            Self::Left(_) | Self::LeftPath(_) => "none of its work was taken; run the step again".to_owned(),
            Self::Refused(_) | Self::Candidate(CandidateError::Inconsistent { .. }) => {
                "the answer is kept in the run record; run the step again, which starts from the accepted state".to_owned()
            }
            Self::Look(error) => error
                .hint()
                .unwrap_or_else(|| "run the step again".to_owned()),
            Self::Path(_) => "replace it by a real directory, then run the step again".to_owned(),
            Self::Changes(_)
            | Self::Guard(_)
            | Self::Layout(_)
            | Self::Reserve(_)
            | Self::Clear(_)
            | Self::Call(_)
            | Self::Candidate(_)
            | Self::Record(_) => "nothing changed; correct the cause, then run the step again".to_owned(),
        }
    }

    /// Returns the error with all its causes on one line.
    pub fn story(&self) -> String {
        piton_base::on_one_line(self)
    }
}

fn then_again(error: &SlotError, otherwise: &str) -> String {
    error.hint().map_or_else(
        || otherwise.to_owned(),
        |hint| format!("nothing changed; {hint}; then run the step again"),
    )
}

#[cfg(test)]
mod tests {
    use piton_durable::LockError;

    use super::*;

    #[test]
    fn where_nobody_was_called_nobodys_work_is_spoken_of() {
        let failed = || SlotError::Lock(LockError::Unsupported { path: "a".into() });
        let advice = StepFailure::Slot(failed()).advice();
        assert!(advice.starts_with("no agent was called"), "{advice}");
        let advice = StepFailure::Unfit(failed()).advice();
        assert!(advice.starts_with("none of its work was taken"), "{advice}");
    }

    #[test]
    fn a_stop_while_a_slot_is_set_up_interrupts_the_run_and_blames_no_setting() {
        let ended = |reason| StepFailure::Setup(SetupError::Ended { reason });
        let stopped = ended(EndReason::Stopped);
        assert_eq!(stopped.consequence().run, FinalStatus::Interrupted);
        let advice = stopped.advice();
        assert!(advice.starts_with("run again to continue"), "{advice}");
        let story = stopped.story();
        assert!(story.ends_with("piton was told to stop"), "{story}");
        let late = ended(EndReason::Deadline);
        assert_ne!(late.consequence().run, FinalStatus::Interrupted);
        assert!(late.advice().contains("slot.setup"), "{}", late.advice());
    }

    #[test]
    fn an_agent_that_cannot_be_called_fails_the_run_and_a_plan_that_does_not_fit_is_told_as_that() {
        let disk = || {
            piton_durable::DiskError::new(
                piton_durable::Doing::Read,
                std::path::Path::new("a"),
                std::io::ErrorKind::PermissionDenied,
            )
        };
        let called = StepFailure::Call(AgentError::Disk(disk())).consequence();
        assert_eq!(called.run, FinalStatus::AgentFailed);
        let inconsistent = CandidateError::Inconsistent {
            slug: "add-api".parse().unwrap(),
            findings: Vec::new(),
        };
        let unfit = StepFailure::Candidate(inconsistent).consequence();
        assert_eq!(unfit.recorded, FailureKind::PlanningConsistencyError);
        assert_eq!(unfit.run, Consequence::REFUSED.run);
    }
}
