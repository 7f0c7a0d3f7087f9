//! What a run may spend: the tier it starts from, the tier it never passes.

use piton_base::Effort;
use piton_migration::planning::Step;
use serde::{Deserialize, Serialize};

use super::{EffortResolution, EffortSource};

/// The default tier and the highest allowed one; the first never above the
/// second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct EffortBudget {
    default: Effort,
    max: Effort,
}

/// A budget as it is written.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    default: Effort,
    max: Effort,
}

impl TryFrom<Written> for EffortBudget {
    type Error = BudgetError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        Self::new(Some(written.default), Some(written.max))
    }
}

impl From<EffortBudget> for Written {
    fn from(EffortBudget { default, max }: EffortBudget) -> Self {
        Self { default, max }
    }
}

/// A default that the cap forbids.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the default effort {default} is above the allowed maximum {max}")]
pub struct BudgetError {
    default: Effort,
    max: Effort,
}

impl EffortBudget {
    /// Makes a budget; what is not given is `low` and `xhigh`.
    pub fn new(default: Option<Effort>, max: Option<Effort>) -> Result<Self, BudgetError> {
        let default = default.unwrap_or(Effort::Low);
        let max = max.unwrap_or(Effort::Xhigh);
        if default > max {
            return Err(BudgetError { default, max });
        }
        Ok(Self { default, max })
    }

    pub fn default_tier(self) -> Effort {
        self.default
    }

    pub fn max(self) -> Effort {
        self.max
    }

    /// Resolves the effort of a call that nothing asks more of.
    pub fn for_call(self) -> EffortResolution {
        self.resolve(self.default, EffortSource::Default, None)
    }

    /// Resolves the effort of a role that has a tier of its own, whatever the
    /// run's default is: reviews by a person and refining ask for `high`.
    pub fn for_role(self, tier: Effort, reason: &str) -> EffortResolution {
        self.resolve(tier, EffortSource::RoleFixed, Some(reason))
    }

    /// Resolves the effort of a target that asks for its own.
    pub(crate) fn for_target(self, asked: Option<Effort>) -> EffortResolution {
        match asked {
            Some(tier) => self.resolve(tier, EffortSource::TargetOverride, None),
            None => self.for_call(),
        }
    }

    /// Resolves the effort of a phase: what it requires, never less than the
    /// run's default.
    pub fn for_phase(self, required: Option<Effort>, reason: Option<&str>) -> EffortResolution {
        match required {
            Some(tier) => self.resolve(tier.max(self.default), EffortSource::PhaseRequired, reason),
            None => self.resolve(self.default, EffortSource::Default, reason),
        }
    }

    /// Resolves the effort of a planning step; `set` is what the settings say
    /// of its role.
    pub fn for_step(self, step: Step, set: Option<Effort>) -> EffortResolution {
        match (set, step) {
            (Some(tier), _) => self.for_role(tier, "set for this role"),
            // Thorough planning saves work in the phases.
            (None, Step::Expand | Step::Review | Step::Review2 | Step::FinalReview) => {
                let tier = Effort::High.max(self.default);
                self.for_role(tier, "plans and reviews are worth it")
            }
            (None, Step::Approaches | Step::PickBest | Step::Revise) => self.for_call(),
        }
    }

    fn resolve(
        self,
        requested: Effort,
        source: EffortSource,
        reason: Option<&str>,
    ) -> EffortResolution {
        EffortResolution {
            source,
            requested,
            effective: requested.min(self.max),
            max_allowed: self.max,
            reason: reason.map(str::to_owned),
        }
    }
}
