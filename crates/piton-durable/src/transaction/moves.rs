//! The single steps that change what is live.

use std::io;
use std::path::Path;

use super::area::{Area, Side};
use super::error::TransactionError;
use super::intent::sync;
use crate::atomic::create_dirs;
use crate::disk::{Disk, DiskRead};

/// Lets the tree at `side` and the live one change places. In one step where
/// the platform can; else in two, and the other side must be free then. A
/// crash between the two leaves nothing live, which the intent record tells
/// from every other state.
pub(crate) fn swap(
    disk: &dyn Disk,
    area: &Area,
    side: Side,
    live: &Path,
) -> Result<(), TransactionError> {
    let tree = area.tree(side);
    match disk.exchange(&tree, live) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            let other = side.other();
            create_dirs(disk, &area.holder(other))?;
            rename_to_free(disk, live, &area.tree(other))?;
            rename_to_free(disk, &tree, live)?;
            sync(disk, &area.holder(other))?;
        }
        Err(error) => return Err(error.into()),
    }
    sync_both(disk, &area.holder(side), live)
}

/// Makes the tree at `side` live where nothing is.
pub(crate) fn put(
    disk: &dyn Disk,
    area: &Area,
    side: Side,
    live: &Path,
) -> Result<(), TransactionError> {
    if let Some(parent) = live.parent() {
        create_dirs(disk, parent)?;
    }
    rename_to_free(disk, &area.tree(side), live)?;
    sync_both(disk, &area.holder(side), live)
}

/// Takes the live tree away to `side`, which must be free.
pub(crate) fn take(
    disk: &dyn Disk,
    area: &Area,
    side: Side,
    live: &Path,
) -> Result<(), TransactionError> {
    create_dirs(disk, &area.holder(side))?;
    rename_to_free(disk, live, &area.tree(side))?;
    sync_both(disk, &area.holder(side), live)
}

/// Renames to a name that must be free. Without a system call for that the
/// name is looked at first; a directory with anything in it would not be
/// replaced even then.
pub fn rename_to_free(disk: &dyn Disk, from: &Path, to: &Path) -> Result<(), TransactionError> {
    let in_the_way = || TransactionError::InTheWay { path: to.into() };
    let renamed = match disk.rename_new(from, to) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            if there(disk, to)? {
                return Err(in_the_way());
            }
            disk.rename(from, to)
        }
        done => done,
    };
    match renamed {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(in_the_way()),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn there(disk: &dyn DiskRead, path: &Path) -> Result<bool, TransactionError> {
    Ok(disk.stat(path)?.is_some())
}

/// The live name first: the other directory is not missed.
fn sync_both(disk: &dyn Disk, holder: &Path, live: &Path) -> Result<(), TransactionError> {
    if let Some(parent) = live.parent() {
        sync(disk, parent)?;
    }
    sync(disk, holder)
}
