//! Filling a tool cache of the clone's own from the user's.

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, Kind, WriteError, create_dirs, tree, write_atomic};
use piton_seal::OwnCache;
use rustix::fs::OFlags;

/// How much is copied; a tool downloads again what it needs beyond that.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Into one cache.
    one: u64,
    /// Into all caches of all jobs of a clone together.
    all: u64,
}

const BOUNDS: Bounds = Bounds {
    one: 1 << 30,
    all: 4 << 30,
};

/// What is beside a cache and says how many bytes were copied into it.
const COPIED: &str = ".copied";

/// Makes a cache that is not there yet, filled with its seeds. It is put
/// together beside its place, so that one that is there is whole. Without
/// seeds, or where copying fails, a tool begins with an empty cache; it knows
/// how.
///
/// Whoever needs the same cache meanwhile waits for it. The system ends a turn
/// when its process ends, so what one that was killed left behind goes here.
pub(super) fn plant(disk: &dyn Disk, cache: &OwnCache) -> Result<(), WriteError> {
    plant_within(disk, cache, BOUNDS)
}

fn plant_within(disk: &dyn Disk, cache: &OwnCache, bounds: Bounds) -> Result<(), WriteError> {
    if let Some(set) = cache.directory.parent() {
        create_dirs(disk, set)?;
    }
    if disk.stat(&cache.directory)?.is_none()
        && let Ok(turn) = take_turn(&named(cache, ".lock"))
    {
        if disk.stat(&cache.directory)?.is_none() {
            fill(disk, cache, bounds);
        }
        // A child that is about to begin may have the file open for another
        // moment, so it is not left to the closing.
        let _ = turn.unlock();
    }
    create_dirs(disk, &cache.directory)
}

fn fill(disk: &dyn Disk, cache: &OwnCache, bounds: Bounds) {
    let beside = named(cache, ".seeding");
    let _ = tree::remove(disk, &beside);
    // One after the other, so that together they keep to the bound.
    let Some(sets) = cache.directory.parent().and_then(Path::parent) else {
        return;
    };
    let Ok(_turn) = take_turn(&sets.join("seeding.lock")) else {
        return;
    };
    let before = copied_so_far(disk, sets).unwrap_or(u64::MAX);
    let room = bounds.one.min(bounds.all.saturating_sub(before));
    let mut left = room;
    for (from, to) in &cache.seeds {
        let Ok(below) = to.strip_prefix(&cache.directory) else {
            continue;
        };
        let size = size(disk, from).unwrap_or(u64::MAX);
        if size <= left && copy(disk, from, &beside.join(below)).is_ok() {
            left -= size;
        }
    }
    // Said before it is there: one that is killed in between counts too much.
    let copied = (room - left).to_string();
    if write_atomic(disk, &named(cache, COPIED), copied.as_bytes(), 0o600).is_err() {
        let _ = tree::remove(disk, &beside);
        return;
    }
    if disk.rename_new(&beside, &cache.directory).is_err() {
        // There was nothing to copy, or there is no more room.
        let _ = tree::remove(disk, &beside);
    }
}

/// Returns how many bytes were copied into the caches of all jobs.
fn copied_so_far(disk: &dyn Disk, sets: &Path) -> io::Result<u64> {
    let mut sum: u64 = 0;
    for set in disk.list(sets)? {
        let set = sets.join(set.name);
        if disk.stat(&set)?.is_none_or(|stat| stat.kind != Kind::Dir) {
            continue;
        }
        for entry in disk.list(&set)? {
            let file = set.join(&entry.name);
            if file.to_string_lossy().ends_with(COPIED) {
                let text = disk.read_at_most(&file, 64)?;
                let bytes = String::from_utf8_lossy(&text).parse::<u64>();
                sum = sum.saturating_add(bytes.unwrap_or(u64::MAX));
            }
        }
    }
    Ok(sum)
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

/// Names what is beside a cache, where no sealed program writes.
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

#[cfg(test)]
mod tests {
    use piton_durable::RealDisk;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test arranges the real world")]
    fn all_caches_together_are_filled_up_to_a_bound_and_each_to_its_own() {
        let place = tempfile::tempdir().unwrap();
        let users = place.path().join("users");
        for (name, size) in [("small", 60), ("large", 200)] {
            std::fs::create_dir_all(users.join(name)).unwrap();
            std::fs::write(users.join(name).join("file"), vec![b'x'; size]).unwrap();
        }
        let bounds = Bounds { one: 100, all: 150 };
        let mut filled = Vec::new();
        for set in ["1", "2", "3"] {
            let directory = place.path().join("sets").join(set).join("tool");
            let seed = |name: &str| (users.join(name), directory.join(name));
            let cache = OwnCache {
                variables: Vec::new(),
                seeds: vec![seed("large"), seed("small")],
                directory: directory.clone(),
            };
            plant_within(&RealDisk, &cache, bounds).unwrap();
            assert!(directory.is_dir());
            assert!(!directory.join("large").exists());
            filled.push(directory.join("small/file").exists());
            // It is planted once, whatever is taken out of it.
            let _ = std::fs::remove_dir_all(directory.join("small"));
            plant_within(&RealDisk, &cache, bounds).unwrap();
            assert!(!directory.join("small").exists());
        }
        assert_eq!(filled, [true, true, false]);
        // What a set took is free again when the set goes.
        std::fs::remove_dir_all(place.path().join("sets/1")).unwrap();
        let sets = place.path().join("sets");
        assert_eq!(copied_so_far(&RealDisk, &sets).unwrap(), 60);
    }
}
