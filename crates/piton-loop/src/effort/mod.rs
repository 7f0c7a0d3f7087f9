//! How much effort an agent is asked for.

mod budget;
mod resolution;

pub use budget::{BudgetError, EffortBudget};
pub use resolution::EffortResolution;
pub(crate) use resolution::EffortSource;
