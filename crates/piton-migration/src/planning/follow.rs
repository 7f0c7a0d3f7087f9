//! Following the references of a planning record to the files of its migration.

use std::collections::HashSet;
use std::path::Path;

use piton_durable::{DiskRead, Kind};

use super::reference::{Home, ReferenceError, ReferenceFault, StageRef};
use super::state::PlanningState;

impl PlanningState {
    /// Checks that every reference leads to a regular file of the migration
    /// in `dir`, through no link. Returns the references in the order of their
    /// steps.
    pub fn check_references(
        &self,
        disk: &dyn DiskRead,
        dir: &Path,
        home: &Home,
    ) -> Result<Vec<StageRef>, ReferenceError> {
        let mut directories = HashSet::new();
        self.completed()
            .iter()
            .enumerate()
            .map(|(index, done)| {
                StageRef::resolve(&done.stdout, home)
                    .and_then(|stage| {
                        look_up(disk, dir, stage.tail(), &mut directories)?;
                        Ok(stage)
                    })
                    .map_err(|fault| ReferenceError {
                        index,
                        reference: done.stdout.clone(),
                        fault,
                    })
            })
            .collect()
    }
}

/// Walks down to the file one component at a time, so that no link on the way
/// is followed. Directories that were walked before are not asked again.
fn look_up(
    disk: &dyn DiskRead,
    dir: &Path,
    tail: &str,
    directories: &mut HashSet<String>,
) -> Result<(), ReferenceFault> {
    let slashes = tail.match_indices('/').map(|(at, _)| at);
    for end in slashes {
        let parent = &tail[..end];
        if directories.contains(parent) {
            continue;
        }
        match kind(disk, &dir.join(parent))? {
            Kind::Dir => directories.insert(parent.to_owned()),
            Kind::Symlink => return Err(ReferenceFault::Link),
            Kind::File | Kind::Other => return Err(ReferenceFault::Missing),
        };
    }
    match kind(disk, &dir.join(tail))? {
        Kind::File => Ok(()),
        Kind::Symlink => Err(ReferenceFault::Link),
        Kind::Dir | Kind::Other => Err(ReferenceFault::NotRegular),
    }
}

fn kind(disk: &dyn DiskRead, path: &Path) -> Result<Kind, ReferenceFault> {
    match disk.stat(path) {
        Ok(Some(stat)) => Ok(stat.kind),
        Ok(None) => Err(ReferenceFault::Missing),
        Err(error) => Err(ReferenceFault::Unreadable(error.kind())),
    }
}
