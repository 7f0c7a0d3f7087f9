//! What came of an attempt.

use serde::{Deserialize, Serialize};

/// What an attempt is about; the seal of the child decides which are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// What every seal stops.
    Always,
    /// What a seal without a network stops.
    Network,
}

/// What should come of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// It must be refused.
    Refused,
    /// It must work, or nobody could work in the seal.
    Works,
    /// No seal of this kind stops it; it is told, not hidden.
    Open,
    /// It must be refused where the kernel can rule cutting off files.
    RefusedIfTruncating,
    /// It must be refused where the kernel can rule signals.
    RefusedIfSignals,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "why", rename_all = "kebab-case")]
pub enum Outcome {
    Refused(String),
    Worked,
    /// It could not be tried.
    Skipped(String),
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub what: String,
    pub expected: Expected,
    pub outcome: Outcome,
}

impl Row {
    /// Tells whether it is not as it should be. `gaps` says what this kernel
    /// cannot rule: cutting off files, signals.
    pub fn is_bad(&self, truncating: bool, signals: bool) -> bool {
        let refused = match self.expected {
            Expected::Refused => true,
            Expected::RefusedIfTruncating => truncating,
            Expected::RefusedIfSignals => signals,
            Expected::Works => return matches!(self.outcome, Outcome::Refused(_)),
            Expected::Open => return false,
        };
        refused && self.outcome == Outcome::Worked
    }
}
