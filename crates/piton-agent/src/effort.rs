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

/// What a run may spend: the tier it uses by itself and the one it never passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffortBudget {
    default: Effort,
    maximum: Effort,
}

/// A budget whose default is above its maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the default effort {default} is above the maximum {maximum}")]
pub struct BudgetInverted {
    pub default: Effort,
    pub maximum: Effort,
}

impl EffortBudget {
    pub fn new(default: Option<Effort>, maximum: Option<Effort>) -> Result<Self, BudgetInverted> {
        let default = default.unwrap_or(Effort::Low);
        let maximum = maximum.unwrap_or(Effort::XHigh);
        if maximum < default {
            return Err(BudgetInverted { default, maximum });
        }
        Ok(Self { default, maximum })
    }

    pub fn default_effort(self) -> Effort {
        self.default
    }

    pub fn maximum(self) -> Effort {
        self.maximum
    }

    /// Returns the effort of a target that may ask for its own, capped.
    pub fn for_target(self, wanted: Option<Effort>) -> Effort {
        wanted.unwrap_or(self.default).min(self.maximum)
    }

    /// Returns the effort of a phase, or `None` when it needs more than this
    /// budget allows and has to wait.
    pub fn for_phase(self, required: Option<Effort>) -> Option<Effort> {
        let effort = required.map_or(self.default, |required| required.max(self.default));
        (effort <= self.maximum).then_some(effort)
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

    #[test]
    fn a_target_is_capped_and_a_phase_waits() {
        let budget = EffortBudget::new(Some(Effort::Medium), Some(Effort::High)).unwrap();
        assert_eq!(budget.for_target(None), Effort::Medium);
        assert_eq!(budget.for_target(Some(Effort::XHigh)), Effort::High);
        assert_eq!(budget.for_phase(Some(Effort::Low)), Some(Effort::Medium));
        assert_eq!(budget.for_phase(Some(Effort::High)), Some(Effort::High));
        assert_eq!(budget.for_phase(Some(Effort::XHigh)), None);
    }

    #[test]
    fn a_maximum_below_the_default_is_refused() {
        let refused = EffortBudget::new(Some(Effort::High), Some(Effort::Low)).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the default effort high is above the maximum low"
        );
    }
}
