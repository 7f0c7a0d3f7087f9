//! What came of carrying out a stored plan, and how it is told.

use piton_git::{CommitId, UnderWay};
use piton_loop::runs::{ActionOutcome, FinalStatus};
use piton_loop::work::{End, Worked};

use crate::workshop::{Facts, Teller, Told};

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Carried {
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
    /// What comes of work that was not accepted.
    pub(super) fn of(worked: Worked) -> Self {
        match worked {
            Worked::Accepted(work) => Self::Waits(work.subject),
            Worked::Unchanged { reason } => Self::Unchanged(reason),
            Worked::NotCommitted => Self::Failed("there is no commit to work from".to_owned()),
            Worked::PutOff { reason, .. } => Self::Failed(reason),
            Worked::Failed { failure, .. } => Self::Failed(failure.to_string()),
            Worked::Ended(End::OutOfQuota { message, .. }) => Self::OutOfQuota(message),
            Worked::Ended(End::Unavailable {
                message,
                signed_out,
            }) => Self::NoAgent {
                message,
                signed_out,
            },
            Worked::Ended(End::CutShort(budget)) => Self::OutOfQuota(budget.to_string()),
            Worked::Ended(End::HeldBack(begun)) => Self::HeldBack(begun),
            Worked::Ended(End::Stopped) => Self::Stopped,
        }
    }

    /// Says what work of the user's ended it.
    pub(super) fn held_back(begun: UnderWay) -> String {
        format!("ended before the next call: {begun} is under way")
    }

    /// Returns the word for it, and what there is to say.
    pub(super) fn told(&self, branch: &str) -> (ActionOutcome, String) {
        match self {
            Self::Landed { commit } => (
                ActionOutcome::Landed,
                format!("landed {} on {branch}", commit.short()),
            ),
            Self::Unchanged(why) => (
                ActionOutcome::Unchanged,
                format!("nothing was changed: {why}"),
            ),
            Self::Waits(why) => (
                ActionOutcome::Waits,
                format!("accepted, and waits to land: {why}"),
            ),
            Self::BaselineRed => (
                ActionOutcome::Failed,
                "the validation command is red before anything was done".to_owned(),
            ),
            Self::Failed(why) => (ActionOutcome::Failed, format!("failed: {why}")),
            Self::OutOfQuota(why) => (ActionOutcome::OutOfQuota, why.clone()),
            Self::NoAgent { message, .. } => (ActionOutcome::NoAgent, message.clone()),
            Self::HeldBack(begun) => (ActionOutcome::Stopped, Self::held_back(*begun)),
            Self::Stopped => (ActionOutcome::Stopped, "interrupted".to_owned()),
        }
    }

    /// Returns the commit that landed.
    pub(super) fn commit(&self) -> Option<&str> {
        match self {
            Self::Landed { commit } => Some(commit.as_str()),
            Self::Unchanged(_)
            | Self::Waits(_)
            | Self::BaselineRed
            | Self::Failed(_)
            | Self::OutOfQuota(_)
            | Self::NoAgent { .. }
            | Self::HeldBack(_)
            | Self::Stopped => None,
        }
    }

    /// Tells how the one action of the run ended.
    pub(super) fn tell(&self, teller: &mut Teller<'_>, told: &Told, branch: &str) {
        let (outcome, text) = self.told(branch);
        let facts = Facts {
            commit: self.commit(),
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
