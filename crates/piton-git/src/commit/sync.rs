//! Making a commit's names durable: git syncs the files that it writes, and not
//! the directories they stand in.

use std::path::Path;
use std::time::{Duration, SystemTime};

use piton_durable::{Disk, DiskRead, Kind, RealDisk};

use crate::undertaking::Undertaking;
use crate::{GitError, Repository};

/// Clocks of file systems are coarser than those of programs.
const MARGIN: Duration = Duration::from_secs(2);

/// Syncs every directory of objects that something was put into meanwhile.
pub(super) fn objects(common: &Path, under: &Undertaking) -> Result<(), GitError> {
    let objects = common.join("objects");
    let begun = modified(&under.file("record.json"))?;
    for entry in RealDisk.list(&objects)? {
        let is_shelf = entry.kind == Kind::Dir && entry.name.len() == 2;
        if !is_shelf && entry.name != "pack" {
            continue;
        }
        let dir = objects.join(&entry.name);
        if !is_untouched(modified(&dir)?, begun) {
            sync(&dir)?;
        }
    }
    if is_untouched(modified(&objects)?, begun) {
        return Ok(());
    }
    sync(&objects)
}

/// Syncs the directory that a reference stands in, and those above it where one
/// of them was made for it. Its log is not synced by git either: it is a help
/// for people, and the reference does without.
pub(super) fn reference(
    repository: &Repository,
    under: &Undertaking,
    name: &str,
) -> Result<(), GitError> {
    let common = repository.common();
    let begun = modified(&under.file("record.json"))?;
    for tables in [common, repository.git_dir()].map(|dir| dir.join("reftable")) {
        if is_dir(&tables)? {
            sync(&tables)?;
        }
    }
    // A worktree has a HEAD of its own, and shares everything that has a path.
    let root = if name.contains('/') {
        common
    } else {
        repository.git_dir()
    };
    let path = root.join(name);
    let own = path.parent().unwrap_or(root);
    if is_dir(own)? {
        sync(own)?;
    }
    let above = own.ancestors().skip(1);
    for dir in above.take_while(|dir| dir.starts_with(root) && *dir != root) {
        if !is_untouched(modified(dir)?, begun) {
            sync(dir)?;
        }
    }
    Ok(())
}

fn is_dir(path: &Path) -> Result<bool, GitError> {
    let stat = RealDisk.stat(path)?;
    Ok(stat.is_some_and(|stat| stat.kind == Kind::Dir))
}

fn modified(path: &Path) -> Result<Option<SystemTime>, GitError> {
    Ok(RealDisk.stat(path)?.and_then(|stat| stat.modified))
}

/// Whether something last changed before a record was begun.
fn is_untouched(changed: Option<SystemTime>, begun: Option<SystemTime>) -> bool {
    match (changed, begun) {
        (Some(changed), Some(begun)) => changed + MARGIN < begun,
        _ => false,
    }
}

fn sync(dir: &Path) -> Result<(), GitError> {
    Ok(RealDisk.sync_dir(dir)?)
}
