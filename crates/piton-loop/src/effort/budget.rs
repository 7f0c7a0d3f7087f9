//! What a run may spend: the tier it starts from, the tier it never passes.

use super::{EffortResolution, EffortSource, EffortTier};

/// The default tier and the highest allowed one; the first never above the
/// second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EffortBudget {
    default: EffortTier,
    max: EffortTier,
}

/// A default that the cap forbids.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "the default effort {default} is above the allowed maximum {max}; lower one or raise the other"
)]
pub struct BudgetError {
    default: EffortTier,
    max: EffortTier,
}

impl EffortBudget {
    /// Makes a budget; what is not given is `low` and `xhigh`.
    pub fn new(default: Option<EffortTier>, max: Option<EffortTier>) -> Result<Self, BudgetError> {
        let default = default.unwrap_or(EffortTier::Low);
        let max = max.unwrap_or(EffortTier::XHigh);
        if default > max {
            return Err(BudgetError { default, max });
        }
        Ok(Self { default, max })
    }

    pub fn default_tier(self) -> EffortTier {
        self.default
    }

    pub fn max(self) -> EffortTier {
        self.max
    }

    /// Resolves the effort of a call that nothing asks more of.
    pub fn for_call(self) -> EffortResolution {
        self.resolve(self.default, EffortSource::Default, None)
    }

    /// Resolves the effort of a role that has a tier of its own, whatever the
    /// run's default is: reviews by a person and refining ask for `high`.
    pub fn for_role(self, tier: EffortTier, reason: &str) -> EffortResolution {
        self.resolve(tier, EffortSource::RoleFixed, Some(reason))
    }

    /// Resolves the effort of a target that asks for its own.
    pub fn for_target(self, asked: Option<EffortTier>) -> EffortResolution {
        match asked {
            Some(tier) => self.resolve(tier, EffortSource::TargetOverride, None),
            None => self.for_call(),
        }
    }

    /// Resolves the effort of a phase: what it requires, never less than the
    /// run's default.
    pub fn for_phase(self, required: Option<EffortTier>, reason: Option<&str>) -> EffortResolution {
        match required {
            Some(tier) => self.resolve(tier.max(self.default), EffortSource::PhaseRequired, reason),
            None => self.resolve(self.default, EffortSource::Default, reason),
        }
    }

    fn resolve(
        self,
        requested: EffortTier,
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
