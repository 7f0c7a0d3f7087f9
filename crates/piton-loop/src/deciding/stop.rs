//! Why a run ends.

use std::fmt;

use jiff::Timestamp;

/// The reason that a run ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    CountReached {
        actions: u32,
    },
    TargetsUsedUp,
    /// Nothing can be done now; the next thing can at this time.
    NothingEligible {
        next: Option<Timestamp>,
    },
    /// All that is left waits for people.
    WaitsForPeople {
        migrations: Vec<String>,
    },
    /// Accepted work waits to land, and nothing else can be done.
    WaitsToLand,
    Failures {
        in_a_row: u32,
    },
    OutOfQuota {
        until: Option<Timestamp>,
    },
    Budget(Budget),
}

/// What was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    Time,
    Tokens,
    Money,
    /// What all runs of a day may cost.
    Day,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CountReached { actions } => {
                write!(f, "the number of actions is reached ({actions})")
            }
            Self::TargetsUsedUp => f.write_str("all targets were taken up"),
            Self::NothingEligible { next: None } => f.write_str("nothing is left to do"),
            Self::NothingEligible { next: Some(next) } => {
                write!(f, "nothing can be done before {next:.0}")
            }
            Self::WaitsForPeople { migrations } => write!(
                f,
                "all that is left waits for a person: {}",
                migrations.join(", ")
            ),
            Self::WaitsToLand => f.write_str("accepted work waits to land"),
            Self::Failures { in_a_row: 1 } => f.write_str("the last action failed"),
            Self::Failures { in_a_row } => write!(f, "{in_a_row} actions in a row failed"),
            Self::OutOfQuota { until: None } => {
                f.write_str("the limit of the agent's provider is reached")
            }
            Self::OutOfQuota { until: Some(until) } => {
                write!(
                    f,
                    "the limit of the agent's provider is reached until {until:.0}"
                )
            }
            Self::Budget(budget) => budget.fmt(f),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "the time for this run is used up",
            Self::Tokens => "the tokens for this run are used up",
            Self::Money => "the money for this run is used up",
            Self::Day => "the money for this day is used up",
        })
    }
}
