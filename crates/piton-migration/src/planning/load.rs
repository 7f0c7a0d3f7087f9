//! Loading the planning record of a migration.

use std::path::{Path, PathBuf};

use piton_durable::DiskRead;
use thiserror::Error;

use super::decode::StateError;
use super::reference::{Home, ReferenceError, StageRef};
use super::stage::STATE_FILE;
use super::state::PlanningState;
use crate::load::{LoadError, load};

/// Why a planning record cannot be used.
#[derive(Debug, Error)]
pub enum StateLoadError {
    #[error(transparent)]
    File(#[from] LoadError<StateError>),
    #[error("the references in {} could not be followed", .path.display())]
    Reference {
        path: PathBuf,
        #[source]
        source: ReferenceError,
    },
}

impl StateLoadError {
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::File(error) if error.is_missing())
    }
}

/// A planning record that holds, with where its outputs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedState {
    pub state: PlanningState,
    /// One for each completed step.
    pub outputs: Vec<StageRef>,
}

/// Loads the planning record of the migration in `dir`, whose references
/// point at `home`, and follows every one of them.
pub fn load_state(
    disk: &dyn DiskRead,
    dir: &Path,
    home: &Home,
) -> Result<LoadedState, StateLoadError> {
    let path = dir.join(STATE_FILE);
    let state = load(disk, path.clone(), PlanningState::decode)?;
    match state.check_references(disk, dir, home) {
        Ok(outputs) => Ok(LoadedState { state, outputs }),
        Err(source) => Err(StateLoadError::Reference { path, source }),
    }
}
