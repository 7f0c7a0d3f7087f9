//! The two halves of the world of stored plans.

use piton_plan::{Failure, FailureKind, Given};

use crate::store::{Backend, BackendRead, Document, PlanId};

/// The half that looks.
#[derive(Clone, Copy, Debug)]
pub struct BackendWorld<'a> {
    pub backend: &'a dyn BackendRead,
}

/// The half that changes.
#[derive(Clone, Copy, Debug)]
pub struct BackendPerformer<'a> {
    pub backend: &'a dyn Backend,
}

impl BackendWorld<'_> {
    /// Returns a plan that must be there.
    pub(super) fn document(&self, plan: &PlanId) -> Result<Document, Failure> {
        self.backend
            .document(plan)?
            .ok_or_else(|| Failure::new(FailureKind::NotFound, format!("plan {plan} not found")))
    }
}

/// Returns what tells an action of a plan apart from all others.
pub(super) fn key(given: &Given<'_>) -> String {
    given
        .mark()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}
