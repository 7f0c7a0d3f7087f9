//! What a check is for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a migration is checked for; each mode asks for more or for less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// Before and after a planning step.
    #[serde(rename = "planning-snapshot")]
    PlanningSnapshot,
    /// Before a plan is published as ready, whatever its status says yet.
    #[serde(rename = "ready-publish")]
    ReadyPublish,
    /// Before a phase is carried out.
    #[serde(rename = "execution-gate")]
    ExecutionGate,
    /// When a person asks.
    #[serde(rename = "doctor")]
    Doctor,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [
        Self::PlanningSnapshot,
        Self::ReadyPublish,
        Self::ExecutionGate,
        Self::Doctor,
    ];

    /// Returns the name used in files and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PlanningSnapshot => "planning-snapshot",
            Self::ReadyPublish => "ready-publish",
            Self::ExecutionGate => "execution-gate",
            Self::Doctor => "doctor",
        }
    }
}

/// A text that names no mode.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is not a mode of checking", .0.escape_debug())]
pub struct ModeError(pub String);

impl FromStr for Mode {
    type Err = ModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.as_str() == text)
            .ok_or_else(|| ModeError(text.to_owned()))
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
