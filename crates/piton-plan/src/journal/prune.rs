//! What journals take up, and removing one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use piton_durable::{Disk, DiskRead, Holder, Lock, LockError, TreeError, tree};

use crate::files::backups_dir;
use crate::id::PlanId;
use crate::journal::read::{JournalError, file, list};

/// A journal, as whoever makes room sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub id: PlanId,
    /// `None` where it cannot be read.
    pub command: Option<String>,
    pub begun: Option<Timestamp>,
    /// What it takes, with the copies of files beside it.
    pub bytes: u64,
    /// Whether there is something to go on with, as far as it can be read.
    pub open: bool,
    /// Whether a process is at it.
    pub held: bool,
}

/// A journal was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    #[error("the plan {id} is being performed")]
    Held {
        id: PlanId,
        #[source]
        source: LockError,
    },
    #[error("the journal {id} could not be removed")]
    Remove {
        id: PlanId,
        #[source]
        source: TreeError,
    },
}

/// Returns all journals with what they take.
pub fn stored(disk: &dyn DiskRead, dir: &Path) -> Result<Vec<Stored>, JournalError> {
    let all = list(disk, dir)?;
    Ok(all
        .into_iter()
        .map(|listed| {
            let id = listed.id;
            let begun = listed.journal.ok();
            Stored {
                id,
                bytes: tree::size(disk, &file(dir, id)) + tree::size(disk, &backups_dir(dir, id)),
                open: begun.as_ref().is_some_and(|begun| begun.status.is_open()),
                held: is_held(dir, id),
                begun: begun.as_ref().map(|begun| begun.at),
                command: begun.map(|begun| begun.command),
            }
        })
        .collect())
}

/// Returns whether a process is at a plan; what cannot be asked counts as held.
pub fn is_held(dir: &Path, id: PlanId) -> bool {
    Lock::at(lock(dir, id)).is_held().unwrap_or(true)
}

/// Removes a journal with what is beside it; one that is gone is no error.
pub fn remove(disk: &dyn Disk, dir: &Path, id: PlanId, holder: &Holder) -> Result<(), RemoveError> {
    let lock = lock(dir, id);
    let failed = |source| RemoveError::Remove { id, source };
    let _guard = Lock::at(&lock)
        .acquire(holder, Duration::ZERO)
        .map_err(|source| RemoveError::Held { id, source })?;
    // The copies first: without their journal nothing would name them.
    tree::remove(disk, &backups_dir(dir, id)).map_err(failed)?;
    tree::remove(disk, &file(dir, id)).map_err(failed)?;
    tree::remove(disk, &lock).map_err(failed)
}

fn lock(dir: &Path, id: PlanId) -> PathBuf {
    dir.join(format!("{id}.lock"))
}
