//! A step that failed.

use std::path::PathBuf;

use super::failure::StepFailure;

/// A step that failed, with what is kept of it.
#[derive(Debug, thiserror::Error)]
#[error("{failure}")]
pub struct FailedStep {
    #[source]
    pub failure: StepFailure,
    /// The snapshot that tells of it.
    pub snapshot: Option<PathBuf>,
    /// What the agent left in the migration's directory.
    pub kept: Option<PathBuf>,
}
