//! Clearing away what killed runs left where candidates are built.

use std::path::PathBuf;

use piton_base::StateDir;
use piton_durable::{Disk, DiskError, DiskRead, Kind, Lock, TreeError, tree};
use piton_plan::PlanId;

use super::site::Site;
use super::waiting;
use crate::runs::{RunId, RunState, state_of};

/// Leftovers could not be cleared away.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the leftovers of a killed run could not be removed")]
    Remove(#[from] TreeError),
}

/// Returns the directories of candidates whose runs or plans are over and in
/// which no answer waits to be published. One that is named after neither is
/// left alone: nobody knows whose it is.
pub fn leftovers(disk: &dyn DiskRead, site: &Site) -> Result<Vec<PathBuf>, SweepError> {
    let dir = site.candidates();
    if disk.stat(&dir)?.is_none() {
        return Ok(Vec::new());
    }
    let entries = disk.list(&dir)?;
    Ok(entries
        .into_iter()
        .filter(|entry| entry.kind == Kind::Dir)
        .filter_map(|entry| {
            let name = entry.name.to_str()?;
            let over = match (name.parse::<RunId>(), name.parse::<PlanId>()) {
                (Ok(run), _) => state_of(&site.runs(), &run) == RunState::Over,
                (Err(_), Ok(plan)) => is_over(site, plan),
                (Err(_), Err(_)) => false,
            };
            let dir = dir.join(entry.name);
            (over && !waiting::is_in(disk, site, &dir)).then_some(dir)
        })
        .collect())
}

/// Tells whether nobody performs a plan any more. One that is resumed builds
/// its candidate again.
fn is_over(site: &Site, plan: PlanId) -> bool {
    let journals = StateDir::at(site.state()).journals();
    let lock = Lock::at(journals.join(format!("{plan}.lock")));
    lock.is_held().is_ok_and(|held| !held)
}

/// Removes them.
pub fn sweep(disk: &dyn Disk, site: &Site) -> Result<(), SweepError> {
    for left in leftovers(disk, site)? {
        tree::remove(disk, &left)?;
    }
    Ok(())
}
