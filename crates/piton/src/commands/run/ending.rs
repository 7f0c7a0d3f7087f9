//! How a run ends: a status in its record, an exit code.

use piton_git::UnderWay;
use piton_loop::deciding::stop::Stop;
use piton_loop::runs::FinalStatus;

use crate::error::Exit;
use crate::output::Level;

/// Why a run is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ending {
    Decided(Stop),
    /// The repository was not sound before anything was done.
    BaselineRed,
    /// The agent cannot be asked.
    NoAgent {
        message: String,
        signed_out: bool,
    },
    /// The user has begun a merge or the like, and nothing could land.
    UnderWay(UnderWay),
    /// Piton could not go on.
    Broken(String),
    Interrupted,
}

impl Ending {
    /// Returns the ending of a run that holds work which waits to land: that is
    /// never a plain success.
    pub(super) fn with_waiting_work(self) -> Self {
        if self.exit() == Exit::Done {
            return Self::Decided(Stop::WaitsToLand);
        }
        self
    }

    /// Returns the exit code.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Decided(stop) => match stop {
                Stop::CountReached { .. } | Stop::TargetsUsedUp | Stop::NothingEligible { .. } => {
                    Exit::Done
                }
                Stop::WaitsForPeople { .. } | Stop::WaitsToLand => Exit::WaitsForPerson,
                Stop::Failures { .. } => Exit::Failed,
                Stop::OutOfQuota { .. } | Stop::Budget(_) => Exit::LimitReached,
            },
            Self::UnderWay(_) => Exit::WaitsForPerson,
            Self::BaselineRed => Exit::ValidationRed,
            Self::NoAgent {
                signed_out: true, ..
            } => Exit::Authentication,
            Self::NoAgent {
                signed_out: false, ..
            } => Exit::Failed,
            Self::Broken(_) => Exit::Failed,
            Self::Interrupted => Exit::Interrupted,
        }
    }

    /// Returns how loud the ending is told: whoever wants to hear nothing but
    /// errors hears of a run that failed.
    pub(super) fn level(&self) -> Level {
        match self.exit() {
            Exit::Done => Level::NORMAL,
            Exit::WaitsForPerson | Exit::LimitReached | Exit::Interrupted => Level::WARNING,
            Exit::Failed
            | Exit::Usage
            | Exit::Authentication
            | Exit::StalePlan
            | Exit::ValidationRed
            | Exit::Deviation
            | Exit::ChangesPending => Level::ERROR,
        }
    }

    pub(super) fn status(&self) -> FinalStatus {
        match self {
            Self::Decided(stop) => match stop {
                Stop::CountReached { .. } => FinalStatus::Completed,
                Stop::TargetsUsedUp => FinalStatus::TargetsUsedUp,
                Stop::NothingEligible { .. } => FinalStatus::NothingEligible,
                Stop::WaitsForPeople { .. } => FinalStatus::WaitsForPeople,
                Stop::WaitsToLand => FinalStatus::WaitsToLand,
                Stop::Failures { .. } => FinalStatus::MaxConsecutiveFailures,
                Stop::OutOfQuota { .. } => FinalStatus::LimitReached,
                Stop::Budget(_) => FinalStatus::BudgetReached,
            },
            Self::UnderWay(_) => FinalStatus::WaitsForPeople,
            Self::BaselineRed => FinalStatus::BaselineFailed,
            Self::NoAgent { .. } => FinalStatus::AgentFailed,
            Self::Broken(_) => FinalStatus::Failed,
            Self::Interrupted => FinalStatus::Interrupted,
        }
    }

    /// Says what to do next, where a person has to.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::UnderWay(begun) => Some(begun.way_out()),
            Self::Decided(_)
            | Self::BaselineRed
            | Self::NoAgent { .. }
            | Self::Broken(_)
            | Self::Interrupted => None,
        }
    }

    /// Returns the ending in words.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Decided(stop) => stop.to_string(),
            Self::BaselineRed => {
                "the validation command is red before anything was done".to_owned()
            }
            Self::UnderWay(begun) => {
                format!("{begun} is under way, and nothing can land before it has ended")
            }
            Self::NoAgent { message, .. } => message.clone(),
            Self::Broken(why) => why.clone(),
            Self::Interrupted => "interrupted; whatever was accepted is kept".to_owned(),
        }
    }
}
