//! How hard an agent should think: four tiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An effort tier; later ones cost more.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum Effort {
    #[default]
    #[serde(rename = "low")]
    Low,
    #[serde(rename = "medium")]
    Medium,
    #[serde(rename = "high")]
    High,
    #[serde(rename = "xhigh")]
    Xhigh,
}

impl Effort {
    /// Every tier, the cheapest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Xhigh];

    /// Returns the name used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
        }
    }
}

/// A text that names no tier.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is no effort tier; allowed are low, medium, high and xhigh", .0.escape_debug())]
pub struct EffortError(pub String);

impl FromStr for Effort {
    type Err = EffortError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str() == text)
            .ok_or_else(|| EffortError(text.to_owned()))
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_ordered_and_their_names_are_exact() {
        assert!(Effort::Low < Effort::Medium && Effort::High < Effort::Xhigh);
        for tier in Effort::ALL {
            assert_eq!(tier.as_str().parse(), Ok(tier));
        }
        assert!("High".parse::<Effort>().is_err());
    }
}
