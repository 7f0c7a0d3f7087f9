//! How often and how long the command may run.

use std::str::FromStr;
use std::time::Duration;

/// What a red run followed by a green one counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaky {
    #[default]
    Accept,
    Refuse,
}

/// The limits of a validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// At least one.
    pub attempts: u32,
    pub flaky: Flaky,
    /// The longest silence.
    pub idle: Duration,
    pub deadline: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            attempts: 1,
            flaky: Flaky::Accept,
            idle: Duration::from_secs(10 * 60),
            deadline: Duration::from_secs(60 * 60),
        }
    }
}

/// A word that says nothing about flaky runs.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not `accept` or `refuse`")]
pub struct FlakyError(String);

impl FromStr for Flaky {
    type Err = FlakyError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "accept" => Ok(Self::Accept),
            "refuse" => Ok(Self::Refuse),
            other => Err(FlakyError(other.to_owned())),
        }
    }
}
