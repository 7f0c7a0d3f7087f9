//! Filling a tool cache of the clone's own from the user's.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, Kind, create_dirs, tree};
use piton_seal::OwnCache;

/// More than this is not copied: the tool downloads what it needs again.
const MOST: u64 = 1 << 30;

/// Fills a cache that is not there yet. It is put together beside its place,
/// so that one that is there is whole. Without seeds, or where copying fails, a
/// tool begins with an empty cache; it knows how.
pub(super) fn plant(disk: &dyn Disk, cache: &OwnCache) {
    let mut name = cache.directory.clone().into_os_string();
    name.push(format!(".{}.seeding", std::process::id()));
    let beside = PathBuf::from(name);
    let _ = tree::remove(disk, &beside);
    let mut left = MOST;
    for (from, to) in &cache.seeds {
        let Ok(below) = to.strip_prefix(&cache.directory) else {
            continue;
        };
        let size = size(disk, from).unwrap_or(u64::MAX);
        if size <= left && copy(disk, from, &beside.join(below)).is_ok() {
            left -= size;
        }
    }
    if disk.rename_new(&beside, &cache.directory).is_err() {
        // Another call was quicker, or there was nothing to copy.
        let _ = tree::remove(disk, &beside);
    }
}

/// Returns how many bytes are below a path, links left out.
fn size(disk: &dyn Disk, path: &Path) -> io::Result<u64> {
    let Some(stat) = disk.stat(path)? else {
        return Ok(0);
    };
    match stat.kind {
        Kind::File => Ok(stat.len),
        Kind::Symlink | Kind::Other => Ok(0),
        Kind::Dir => {
            let mut sum = 0;
            for entry in disk.list(path)? {
                sum += size(disk, &path.join(entry.name))?;
            }
            Ok(sum)
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a cache need not survive anything, and the system copies best"
)]
fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    let Some(stat) = disk.stat(from)? else {
        return Ok(());
    };
    match stat.kind {
        Kind::File => {
            if let Some(parent) = to.parent() {
                create_dirs(disk, parent).map_err(io::Error::other)?;
            }
            std::fs::copy(from, to)?;
        }
        Kind::Dir => {
            create_dirs(disk, to).map_err(io::Error::other)?;
            for entry in disk.list(from)? {
                copy(disk, &from.join(&entry.name), &to.join(&entry.name))?;
            }
        }
        Kind::Symlink | Kind::Other => {}
    }
    Ok(())
}
