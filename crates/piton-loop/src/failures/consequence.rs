//! What can go wrong with a call, and what follows from it.

use piton_agent::Outcome;
use piton_plan::FailureKind as Kind;

use super::FailureKind;
use crate::runs::{CallOutcome, FinalStatus};

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// What run records name it.
    pub recorded: FailureKind,
    /// What plans and exit codes go by.
    pub kind: Kind,
    /// How the run of a planning step ends with it.
    pub run: FinalStatus,
    /// How the call ended, from the caller's side.
    pub call: CallOutcome,
}

impl Consequence {
    /// Of trouble of piton's own around a call.
    pub(crate) const TROUBLE: Self = Self {
        recorded: FailureKind::AgentInfraFailure,
        kind: Kind::Io,
        run: FinalStatus::MigrationFailed,
        call: CallOutcome::Failed,
    };

    /// Of work that was not taken.
    pub(crate) const REFUSED: Self = Self {
        recorded: FailureKind::PlanningStepFailed,
        call: CallOutcome::Refused,
        ..Self::TROUBLE
    };

    /// Of a call that ended like this, one line for each end.
    pub(crate) const fn of(outcome: &Outcome) -> Self {
        use FailureKind::{AgentExitedNonzero, AgentInfraFailure, Stuck, Timeout};
        use FinalStatus::{AgentFailed, Interrupted, LimitReached};
        let (recorded, kind, run) = match outcome {
            Outcome::Replied { .. } => (FailureKind::None, Kind::Io, AgentFailed),
            Outcome::Refused { .. } => (AgentInfraFailure, Kind::Io, AgentFailed),
            Outcome::LimitReached { .. } => (AgentInfraFailure, Kind::LimitReached, LimitReached),
            Outcome::Outage { .. } => (AgentInfraFailure, Kind::Network, AgentFailed),
            Outcome::Authentication { .. } => (AgentInfraFailure, Kind::Auth, AgentFailed),
            Outcome::Rejected { .. } => (AgentInfraFailure, Kind::Io, AgentFailed),
            Outcome::CutShort { .. } => (AgentInfraFailure, Kind::Io, AgentFailed),
            Outcome::Crashed { .. } => (AgentExitedNonzero, Kind::Io, AgentFailed),
            Outcome::Hung { .. } => (Stuck, Kind::Io, AgentFailed),
            Outcome::Deadline { .. } => (Timeout, Kind::Io, AgentFailed),
            Outcome::NoOutput { .. } => (Stuck, Kind::Io, AgentFailed),
            Outcome::Unreadable { .. } => (AgentInfraFailure, Kind::Io, AgentFailed),
            Outcome::NotStarted { .. } => (AgentInfraFailure, Kind::NotFound, AgentFailed),
            Outcome::Stopped => (AgentInfraFailure, Kind::Io, Interrupted),
        };
        Self {
            recorded,
            kind,
            run,
            call: CallOutcome::Failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_the_provider_is_nobodys_failure() {
        let limit = Consequence::of(&Outcome::LimitReached {
            message: "weekly limit".to_owned(),
            until: None,
        });
        assert_eq!(limit.run, FinalStatus::LimitReached);
        assert!(!limit.run.is_failure());
        let crashed = Consequence::of(&Outcome::NoOutput {
            message: String::new(),
        });
        assert!(crashed.run.is_failure());
    }
}
