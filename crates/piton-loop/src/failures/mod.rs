//! What went wrong, written down so that a person can pick it up.

mod consequence;
mod front_matter;
mod kind;
mod snapshot;

pub use consequence::Consequence;
pub use front_matter::Scalar;
pub use kind::FailureKind;
pub(crate) use snapshot::{Artifacts, FailureSnapshot};
