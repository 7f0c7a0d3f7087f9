//! Filling a tool cache of the clone's own from the user's.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, Kind, WriteError, create_dirs, tree};
use piton_seal::OwnCache;
use rustix::fs::OFlags;

/// More than this is not copied: the tool downloads what it needs again.
const MOST: u64 = 1 << 30;

/// Makes a cache that is not there yet, filled with its seeds. It is put
/// together beside its place, so that one that is there is whole. Without
/// seeds, or where copying fails, a tool begins with an empty cache; it knows
/// how.
///
/// Whoever needs the same cache meanwhile waits for it. The system ends a turn
/// when its process ends, so what one that was killed left behind goes here.
pub(super) fn plant(disk: &dyn Disk, cache: &OwnCache) -> Result<(), WriteError> {
    if let Some(set) = cache.directory.parent() {
        create_dirs(disk, set)?;
    }
    if disk.stat(&cache.directory)?.is_none()
        && let Ok(turn) = take_turn(&named(cache, ".lock"))
    {
        if disk.stat(&cache.directory)?.is_none() {
            fill(disk, cache);
        }
        // A child that is about to begin may have the file open for another
        // moment, so it is not left to the closing.
        let _ = turn.unlock();
    }
    create_dirs(disk, &cache.directory)
}

fn fill(disk: &dyn Disk, cache: &OwnCache) {
    let beside = named(cache, ".seeding");
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
        // There was nothing to copy, or there is no more room.
        let _ = tree::remove(disk, &beside);
    }
}

/// Waits until nobody else has the file, and has it.
fn take_turn(path: &Path) -> io::Result<File> {
    let file = File::options()
        .append(true)
        .create(true)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)?;
    file.lock()?;
    Ok(file)
}

/// Names what lies beside a cache, where no sealed program writes.
fn named(cache: &OwnCache, ending: &str) -> PathBuf {
    let mut name = cache.directory.clone().into_os_string();
    name.push(ending);
    PathBuf::from(name)
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
