//! Removing the record of one run.

use std::path::Path;
use std::time::Duration;

use piton_durable::{Disk, Holder, Lock, LockError, TreeError};

use super::RunId;
use super::layout::RunDir;

/// A record was not removed.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// It was over when this was decided, and lives now.
    #[error("the run {id} is still under way")]
    Live {
        id: RunId,
        #[source]
        source: LockError,
    },
    #[error("the run {id} could not be removed")]
    Remove {
        id: RunId,
        #[source]
        source: TreeError,
    },
}

/// Removes a record; one that is gone already is no error.
///
/// The run's own lock is held meanwhile, so a run that came to life since the
/// removal was decided keeps its record.
pub fn remove(disk: &dyn Disk, runs: &Path, id: &RunId, holder: &Holder) -> Result<(), PruneError> {
    let dir = RunDir::of(runs, id);
    let lock = dir.lock();
    let failed = |source| PruneError::Remove {
        id: id.clone(),
        source,
    };
    let guard = Lock::at(&lock)
        .acquire(holder, Duration::ZERO)
        .map_err(|source| PruneError::Live {
            id: id.clone(),
            source,
        })?;
    // The record goes last: while it is there, whoever is asked next finds it
    // and removes the rest. No run takes this name again: names are times, and
    // this one has passed.
    let holder = lock.with_extension("live.holder");
    for path in [lock.as_path(), &holder, dir.path()] {
        piton_durable::tree::remove(disk, path).map_err(failed)?;
    }
    drop(guard);
    Ok(())
}
