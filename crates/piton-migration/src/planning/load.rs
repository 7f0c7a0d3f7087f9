//! Loading the planning record of a migration.

use std::path::{Path, PathBuf};

use piton_durable::{DiskError, DiskRead};
use thiserror::Error;

use super::decode::StateError;
use super::reference::{Home, ReferenceError, StageRef};
use super::stage::STATE_FILE;
use super::state::PlanningState;

/// No planning record is read beyond this size.
const MAX_STATE: u64 = 16 << 20;

/// Why a planning record cannot be used.
#[derive(Debug, Error)]
pub enum StateLoadError {
    #[error("{} is missing", .path.display())]
    Missing { path: PathBuf },
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("failed to decode {}", .path.display())]
    Decode {
        path: PathBuf,
        #[source]
        source: StateError,
    },
    #[error("failed to follow the references in {}", .path.display())]
    Reference {
        path: PathBuf,
        #[source]
        source: ReferenceError,
    },
}

/// A planning record that holds, with where its outputs lie.
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
    let bytes = match disk.read_at_most(&path, MAX_STATE) {
        Ok(bytes) => bytes,
        Err(error) => {
            return Err(match disk.stat(&path) {
                Ok(None) => StateLoadError::Missing { path },
                Ok(Some(_)) | Err(_) => error.into(),
            });
        }
    };
    let state = match PlanningState::decode(&bytes) {
        Ok(state) => state,
        Err(source) => return Err(StateLoadError::Decode { path, source }),
    };
    match state.check_references(disk, dir, home) {
        Ok(outputs) => Ok(LoadedState { state, outputs }),
        Err(source) => Err(StateLoadError::Reference { path, source }),
    }
}
