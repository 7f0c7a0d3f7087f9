//! The five statuses of a migration.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What the manifest says about the whole migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    #[serde(rename = "planning")]
    Planning,
    #[serde(rename = "ready")]
    Ready,
    /// Accepted wherever `ready` is and never written by a transition.
    #[serde(rename = "in-progress")]
    InProgress,
    #[serde(rename = "skipped")]
    Skipped,
    #[serde(rename = "done")]
    Done,
}

impl Status {
    /// Every status, in the order of a migration's life.
    pub const ALL: [Self; 5] = [
        Self::Planning,
        Self::Ready,
        Self::InProgress,
        Self::Skipped,
        Self::Done,
    ];

    /// Returns the name used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Ready => "ready",
            Self::InProgress => "in-progress",
            Self::Skipped => "skipped",
            Self::Done => "done",
        }
    }

    /// Tells whether phases are being carried out.
    pub fn is_executing(self) -> bool {
        match self {
            Self::Ready | Self::InProgress => true,
            Self::Planning | Self::Skipped | Self::Done => false,
        }
    }
}

/// A text that names no status.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is not a status; allowed are planning, ready, in-progress, skipped and done", .0.escape_debug())]
pub struct StatusError(pub String);

impl FromStr for Status {
    type Err = StatusError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| StatusError(text.to_owned()))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
