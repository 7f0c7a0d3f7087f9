//! Why a migration cannot move on as asked.

use thiserror::Error;

/// Why a transition was refused. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TransitionError {
    #[error("the plan has no phases, so there is nothing to carry out")]
    NoPhases,
    #[error("the manifest's cursor is on no phase")]
    NoCurrentPhase,
    #[error("approval that needs a person must say why")]
    NoReason,
    #[error("the migration cannot be refined")]
    Refine(#[from] RefineRefusal),
}

/// Why a migration can no longer be refined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RefineRefusal {
    #[error("a phase is done already")]
    PhaseDone,
    #[error("it has no phases")]
    NoPhases,
    #[error("its cursor has moved past the first phase")]
    CursorAdvanced,
}
