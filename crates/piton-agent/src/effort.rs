//! How hard an agent should think about a call.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An effort tier, from the cheapest to the most thorough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Effort {
    Low,
    Medium,
    High,
    XHigh,
}

impl Effort {
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

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that names no effort tier.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no effort; it is one of low, medium, high, xhigh")]
pub struct UnknownEffort(pub String);

impl FromStr for Effort {
    type Err = UnknownEffort;

    fn from_str(text: &str) -> Result<Self, UnknownEffort> {
        Self::ALL
            .into_iter()
            .find(|effort| effort.as_str() == text)
            .ok_or_else(|| UnknownEffort(text.to_owned()))
    }
}

impl TryFrom<String> for Effort {
    type Error = UnknownEffort;

    fn try_from(text: String) -> Result<Self, UnknownEffort> {
        text.parse()
    }
}

impl From<Effort> for String {
    fn from(effort: Effort) -> Self {
        effort.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_out_and_read_back() {
        let names: Vec<_> = Effort::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["low", "medium", "high", "xhigh"]);
        assert!(
            Effort::ALL
                .iter()
                .all(|effort| effort.as_str().parse() == Ok(*effort))
        );
        assert!("LOW".parse::<Effort>().is_err());
    }
}
