//! Making a commit's names durable: git syncs the files that it writes, and not
//! the directories they stand in.

use std::path::Path;
use std::time::Duration;

use piton_durable::{Disk, DiskRead, Kind, RealDisk};

use crate::undertaking::Undertaking;
use crate::{GitError, Repository};

/// Clocks of file systems are coarser than those of programs.
const MARGIN: Duration = Duration::from_secs(2);

/// Syncs every directory of objects that something was put into meanwhile.
pub(super) fn objects(common: &Path, under: &Undertaking) -> Result<(), GitError> {
    let objects = common.join("objects");
    let begun = RealDisk
        .stat(&under.file("record.json"))?
        .and_then(|stat| stat.modified);
    for entry in RealDisk.list(&objects)? {
        let is_shelf = entry.kind == Kind::Dir && entry.name.len() == 2;
        if !is_shelf && entry.name != "pack" {
            continue;
        }
        let dir = objects.join(&entry.name);
        let changed = RealDisk.stat(&dir)?.and_then(|stat| stat.modified);
        let untouched = match (changed, begun) {
            (Some(changed), Some(begun)) => changed + MARGIN < begun,
            _ => false,
        };
        if !untouched {
            sync(&dir)?;
        }
    }
    sync(&objects)
}

/// Syncs the directories that a reference and its log stand in.
pub(super) fn reference(repository: &Repository, name: &str) -> Result<(), GitError> {
    let common = repository.common();
    for root in [common.to_owned(), common.join("logs")] {
        let path = root.join(name);
        for dir in path
            .ancestors()
            .skip(1)
            .take_while(|dir| dir.starts_with(&root))
        {
            if dir.is_dir() {
                sync(dir)?;
            }
        }
    }
    let tables = common.join("reftable");
    if tables.is_dir() {
        sync(&tables)?;
    }
    sync(repository.git_dir())
}

fn sync(dir: &Path) -> Result<(), GitError> {
    Ok(RealDisk.sync_dir(dir)?)
}
