//! What came of carrying out a stored plan, and how it is told.

use piton_git::{CommitId, UnderWay};
use piton_loop::runs::{ActionOutcome, FinalStatus};
use piton_loop::work::Halt;

use super::tell::{Facts, Teller, Told};

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Carried {
    Landed {
        commit: CommitId,
    },
    Unchanged(String),
    /// Accepted; it lands with the next command.
    Waits(String),
    BaselineRed,
    Failed(String),
    OutOfQuota(String),
    NoAgent {
        message: String,
        signed_out: bool,
    },
    /// A merge or the like of the user's is in the way.
    HeldBack(UnderWay),
    Stopped,
}

impl Carried {
    /// What comes of work that was halted.
    pub(super) fn of_halt(halt: Halt) -> Self {
        match halt {
            Halt::Failed(failure) => Carried::Failed(failure.to_string()),
            Halt::OutOfQuota { message, .. } => Carried::OutOfQuota(message),
            Halt::Unavailable {
                message,
                signed_out,
            } => Carried::NoAgent {
                message,
                signed_out,
            },
            Halt::CutShort(budget) => Carried::OutOfQuota(budget.to_string()),
            Halt::HeldBack(begun) => Carried::HeldBack(begun),
            Halt::Stopped => Carried::Stopped,
        }
    }

    /// Says what work of the user's ended it.
    pub(crate) fn held_back(begun: UnderWay) -> String {
        format!("ended before the next call: {begun} is under way")
    }

    /// Tells how the one action of the run ended.
    pub(super) fn tell(&self, teller: &mut Teller<'_>, told: &Told, branch: &str) {
        let (outcome, text, commit) = match self {
            Carried::Landed { commit } => (
                ActionOutcome::Landed,
                format!("landed {} on {branch}", commit.short()),
                Some(commit.as_str()),
            ),
            Carried::Unchanged(why) => (
                ActionOutcome::Unchanged,
                format!("nothing was changed: {why}"),
                None,
            ),
            Carried::Waits(why) => (
                ActionOutcome::Waits,
                format!("accepted, and waits to land: {why}"),
                None,
            ),
            Carried::BaselineRed => (
                ActionOutcome::Failed,
                "the validation command is red before anything was done".to_owned(),
                None,
            ),
            Carried::Failed(why) => (ActionOutcome::Failed, format!("failed: {why}"), None),
            Carried::OutOfQuota(why) => (ActionOutcome::OutOfQuota, why.clone(), None),
            Carried::NoAgent { message, .. } => (ActionOutcome::NoAgent, message.clone(), None),
            Carried::HeldBack(begun) => (ActionOutcome::Stopped, Self::held_back(*begun), None),
            Carried::Stopped => (ActionOutcome::Stopped, "interrupted".to_owned(), None),
        };
        let facts = Facts {
            commit,
            attempt: Some(1),
            ..Facts::default()
        };
        teller.end(told, outcome, &text, facts);
    }

    /// Returns how its run ends, and why where that is no success.
    pub(super) fn ended(&self) -> (FinalStatus, Option<String>) {
        match self {
            Carried::Landed { .. } | Carried::Unchanged(_) => (FinalStatus::Completed, None),
            Carried::Waits(why) => (FinalStatus::WaitsToLand, Some(why.clone())),
            Carried::BaselineRed => (FinalStatus::BaselineFailed, None),
            Carried::Failed(why) => (FinalStatus::Failed, Some(why.clone())),
            Carried::OutOfQuota(why) => (FinalStatus::LimitReached, Some(why.clone())),
            Carried::NoAgent { message, .. } => (FinalStatus::AgentFailed, Some(message.clone())),
            Carried::HeldBack(begun) => {
                (FinalStatus::WaitsForPeople, Some(Self::held_back(*begun)))
            }
            Carried::Stopped => (FinalStatus::Interrupted, None),
        }
    }
}
