//! The four tiers of effort.

use std::fmt;
use std::str::FromStr;

/// How hard an agent is asked to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EffortTier {
    Low,
    Medium,
    High,
    XHigh,
}

/// A word that is no tier.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is no effort tier; it is one of low, medium, high, xhigh")]
pub struct EffortTierError(String);

impl EffortTier {
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::XHigh];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
        }
    }
}

impl fmt::Display for EffortTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EffortTier {
    type Err = EffortTierError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str() == word)
            .ok_or_else(|| EffortTierError(word.to_owned()))
    }
}
