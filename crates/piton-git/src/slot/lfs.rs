//! What git-lfs keeps beside git's own objects.
//!
//! Its filter finds the user's through the alternates of piton's own directory,
//! and puts new ones there. A commit that points at one is worth nothing
//! without it, so they go over together.

use std::path::Path;

use piton_base::Digest;
use piton_durable::{Disk, create_dirs, tree};

use super::SlotError;
use super::object::put_object;

/// Where they lie below a git directory.
const OBJECTS: &str = "lfs/objects";

/// Copies what the last commit stored into the user's storage, durably.
pub(super) fn hand_over(disk: &dyn Disk, own: &Path, common: &Path) -> Result<(), SlotError> {
    let (from, to) = (own.join(OBJECTS), common.join(OBJECTS));
    let Some(found) = tree::walk(disk, &from)? else {
        return Ok(());
    };
    let files = found.nodes.into_iter();
    for node in files.filter(|node| node.kind == tree::NodeKind::File) {
        let (source, target) = (from.join(&node.path), to.join(&node.path));
        let stat = disk.stat(&target).map_err(SlotError::read(&target))?;
        if stat.is_some() {
            continue;
        }
        let bytes = disk.read(&source).map_err(SlotError::read(&source))?;
        // Its name is the digest of its content; nothing else goes over.
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
