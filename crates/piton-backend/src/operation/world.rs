//! The two halves of the world of stored plans.

use piton_plan::Given;

use crate::store::{Backend, BackendRead};

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

/// Returns what tells an action of a plan apart from all others.
pub(super) fn key(given: &Given<'_>) -> String {
    given
        .mark()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}
