//! How far what a run started was sealed.

use piton_agent::sealing::SealTerms;
use piton_seal::Standing;
use serde::{Deserialize, Serialize};

/// How far what a run started was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSeal {
    /// Agents and `slot.setup`.
    pub agents: Standing,
    pub validation: Standing,
    /// Hooks and filters of the user's.
    pub others: Standing,
}

impl From<&SealTerms> for RunSeal {
    fn from(terms: &SealTerms) -> Self {
        Self {
            agents: terms.standing.clone(),
            validation: terms.validation.clone(),
            others: terms.others.clone(),
        }
    }
}
