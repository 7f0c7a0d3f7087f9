//! Clearing away what killed runs left where candidates are built.

use std::io;
use std::path::PathBuf;

use piton_durable::{Disk, DiskRead, Kind, TreeError, tree};

use super::site::Site;
use super::waiting;
use crate::runs::{RunId, RunState, state_of};

/// Leftovers could not be cleared away.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error("look at {}", path.display())]
    Look {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("clear away what a killed run left")]
    Remove(#[from] TreeError),
}

/// Returns the directories of candidates whose runs are over and in which no
/// answer waits to be published. A directory
/// without a run's name is left alone: nobody knows whose it is.
pub fn leftovers(disk: &dyn DiskRead, site: &Site) -> Result<Vec<PathBuf>, SweepError> {
    let dir = site.candidates();
    let failed = |source| SweepError::Look {
        path: dir.clone(),
        source,
    };
    if disk.stat(&dir).map_err(failed)?.is_none() {
        return Ok(Vec::new());
    }
    let entries = disk.list(&dir).map_err(failed)?;
    Ok(entries
        .into_iter()
        .filter(|entry| entry.kind == Kind::Dir)
        .filter_map(|entry| {
            let id: RunId = entry.name.to_str()?.parse().ok()?;
            let over = state_of(&site.runs(), &id) == RunState::Over;
            let dir = dir.join(entry.name);
            (over && !waiting::is_in(disk, &dir)).then_some(dir)
        })
        .collect())
}

/// Removes them.
pub fn sweep(disk: &dyn Disk, site: &Site) -> Result<(), SweepError> {
    for left in leftovers(disk, site)? {
        tree::remove(disk, &left)?;
    }
    Ok(())
}
