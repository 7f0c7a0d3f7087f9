//! How much effort an agent is asked for.

mod budget;
mod resolution;
mod tier;

pub use budget::{BudgetError, EffortBudget};
pub use resolution::{EffortResolution, EffortSource};
pub use tier::{EffortTier, EffortTierError};
