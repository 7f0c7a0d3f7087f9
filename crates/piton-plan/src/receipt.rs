//! What performing an action gave.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::id::ActionId;
use crate::output::OutputMap;

/// What performing one action gave. Each action of a plan that was performed
/// has exactly one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    pub action: ActionId,
    pub outcome: Outcome,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    #[serde(default, skip_serializing_if = "OutputMap::is_empty")]
    pub outputs: OutputMap,
    pub at: Timestamp,
    #[serde(default)]
    pub duration_ms: u64,
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome {
    /// It was performed.
    Ok,
    /// What it wanted held already: no error, and no change.
    AlreadySo,
    Failed(Failure),
    Skipped(SkipReason),
}

/// Why an action was not performed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum SkipReason {
    /// Actions that it depends on failed, or were skipped themselves.
    Dependency { because: Vec<ActionId> },
    /// The run stopped at the first failure.
    FailFast { after: ActionId },
    /// The user said no.
    Declined,
    /// Nobody could be asked.
    NoInput { flag: String },
    /// The user stopped the run.
    Interrupted,
    /// The plan says to leave the target as it is.
    NothingToDo,
    /// The journal could not be written, so nothing more was begun.
    JournalLost,
}

impl Outcome {
    /// Whether dependents may go on.
    pub fn is_good(&self) -> bool {
        match self {
            Self::Ok | Self::AlreadySo => true,
            Self::Skipped(reason) => *reason == SkipReason::NothingToDo,
            Self::Failed(_) => false,
        }
    }

    /// Whether the user is owed nothing more: it went well, or was not wanted.
    pub fn is_success(&self) -> bool {
        match self {
            Self::Skipped(reason) => self.is_good() || reason.withholds(),
            Self::Ok | Self::AlreadySo | Self::Failed(_) => self.is_good(),
        }
    }

    /// Returns the word that stands for it in text and files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::AlreadySo => "already so",
            Self::Failed(_) => "failed",
            Self::Skipped(_) => "skipped",
        }
    }
}

impl SkipReason {
    /// Whether it was the user's will, rather than a mishap.
    pub(crate) fn withholds(&self) -> bool {
        match self {
            Self::Declined | Self::NoInput { .. } => true,
            Self::Dependency { .. }
            | Self::FailFast { .. }
            | Self::Interrupted
            | Self::NothingToDo
            | Self::JournalLost => false,
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dependency { because } => {
                f.write_str("because of ")?;
                for (at, id) in because.iter().take(3).enumerate() {
                    write!(f, "{}{id}", if at == 0 { "" } else { ", " })?;
                }
                match because.len().saturating_sub(3) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::FailFast { after } => write!(f, "stopped after {after}"),
            Self::Declined => f.write_str("declined"),
            Self::NoInput { flag } => write!(
                f,
                "there was no terminal to ask at; {flag} \
                 answers it"
            ),
            Self::Interrupted => f.write_str("interrupted"),
            Self::NothingToDo => f.write_str("nothing to do"),
            Self::JournalLost => f.write_str("the journal could not be written"),
        }
    }
}
