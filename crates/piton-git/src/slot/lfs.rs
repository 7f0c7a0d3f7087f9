//! What git-lfs keeps beside git's own objects.
//!
//! Its filter finds the user's through the alternates of piton's own directory,
//! and puts new ones there. Where the user keeps them elsewhere, an alternate
//! without objects leads there by a link. A commit that points at one is worth nothing
//! without it, so they go over together.

use std::path::{Path, PathBuf};

use piton_base::Digest;
use piton_durable::{Disk, DiskError, Doing, create_dirs, tree};

use super::SlotError;
use super::object::put_object;
use crate::Setting;

/// Where they are below a git directory.
const OBJECTS: &str = "lfs/objects";

/// An alternate that has files of git-lfs beside it, and no objects.
const LENT: &str = "lent";

/// Returns where the user keeps them, if the settings say so.
pub(super) fn storage(settings: &[Setting], common: &Path) -> Option<PathBuf> {
    let set = settings.iter().rev().find(|it| it.key == "lfs.storage")?;
    // A relative one is meant from git's directory.
    set.value.as_deref().map(|value| common.join(value))
}

/// Lets the filter find what the user keeps elsewhere.
pub(super) fn lend(disk: &dyn Disk, own: &Path, storage: &Path) -> Result<(), SlotError> {
    create_dirs(disk, &lent_objects(own))?;
    let link = own.join(LENT).join("lfs");
    std::os::unix::fs::symlink(storage, &link).map_err(DiskError::at(Doing::Write, &link))?;
    Ok(())
}

/// Whether that is so, and leads there.
pub(super) fn is_lent(own: &Path, storage: Option<&Path>) -> bool {
    std::fs::read_link(own.join(LENT).join("lfs"))
        .ok()
        .as_deref()
        == storage
}

pub(super) fn lent_objects(own: &Path) -> PathBuf {
    own.join(LENT).join("objects")
}

/// Copies what the last commit stored into the user's storage, durably.
pub(super) fn hand_over(
    disk: &dyn Disk,
    own: &Path,
    storage: Option<&Path>,
    common: &Path,
) -> Result<(), SlotError> {
    let from = own.join(OBJECTS);
    let to = match storage {
        Some(storage) => storage.join("objects"),
        None => common.join(OBJECTS),
    };
    let Some(found) = tree::walk(disk, &from)? else {
        return Ok(());
    };
    let files = found.nodes.into_iter();
    for node in files.filter(|node| node.kind == tree::NodeKind::File) {
        let (source, target) = (from.join(&node.path), to.join(&node.path));
        let stat = disk.stat(&target)?;
        if stat.is_some() {
            continue;
        }
        let bytes = disk.read(&source)?;
        // A file whose name is not the digest of its content is left out.
        if target.file_name() != Some(Digest::of(&bytes).hex().as_ref()) {
            continue;
        }
        if let Some(dir) = target.parent() {
            create_dirs(disk, dir)?;
        }
        put_object(disk, &target, &bytes)?;
    }
    Ok(())
}

/// Removes what earlier commits of the slot left.
pub(super) fn forget(disk: &dyn Disk, own: &Path) -> Result<(), SlotError> {
    Ok(tree::remove(disk, &own.join(OBJECTS))?)
}
