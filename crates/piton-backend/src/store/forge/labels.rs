//! The labels of plans.

use piton_github::endpoints::labels;
use piton_github::{ForgeError, found};

use super::backend::ForgeBackend;
use crate::store::Result;

/// A label that is made when it is missing: its colour and what it is for.
const KNOWN: [(&str, &str, &str); 5] = [
    (
        "erk-plan",
        "0E8A16",
        "Implementation plan for manual execution",
    ),
    ("erk-pr", "1D76DB", "Plan managed as a draft PR"),
    ("erk-learn", "D93F0B", "Documentation learning plan"),
    (
        "erk-objective",
        "5319E7",
        "Multi-phase objective with roadmap",
    ),
    (
        "no-changes",
        "FFA500",
        "Implementation produced no code changes",
    ),
];

impl ForgeBackend<'_> {
    /// Makes sure that the labels are there which plans need.
    pub(super) fn ensure_labels(&self, wanted: &[String]) -> Result<()> {
        for (name, color, description) in KNOWN {
            if !wanted.iter().any(|label| label == name)
                || found(labels::get(self.forge, &self.repo, name))?.is_some()
            {
                continue;
            }
            match labels::create(self.forge, &self.repo, name, color, description) {
                Ok(_) | Err(ForgeError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
