//! The look before a call, written down: when piton is killed in the middle of
//! one, whatever comes next compares before any git with hooks runs.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_durable::atomic::is_leftover;
use piton_durable::{
    Disk, DiskRead, Entry, Holder, Lock, LockError, LockGuard, create_dirs, write_atomic,
};
use piton_git::GitRead;
use serde::{Deserialize, Serialize};

use super::aside::AsideError;
use super::found::Stray;
use super::watched::Watched;

const VERSION: u32 = 1;
const ENDING: &str = "json";
/// Hooks and settings of a repository, and much more.
const LIMIT: u64 = 1 << 30;
/// Others look for a moment whether a lock is held, and hold it meanwhile.
const LOOKED_AT: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    version: u32,
    watched: Watched,
}

/// The look before a call could not be kept, or one that was kept not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("hooks and settings could not be recorded in {}, to compare them after the call", path.display())]
    Keep {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the record of hooks and settings could not be locked")]
    Lock(#[from] LockError),
    #[error(
        "{} cannot be read, the record of hooks and settings from before a call whose piton was \
         killed; check the hooks and settings of this repository, then remove the file",
        path.display()
    )]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Aside(#[from] AsideError),
}

/// One that is kept, for as long as its call lasts.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    _alive: LockGuard,
}

impl Kept {
    pub(super) fn write(
        disk: &dyn Disk,
        dir: &Path,
        name: &str,
        watched: &Watched,
        holder: &Holder,
    ) -> Result<Self, KeptError> {
        let path = dir.join(format!("{name}.{ENDING}"));
        let failed = |source| KeptError::Keep {
            path: path.clone(),
            source,
        };
        create_dirs(disk, dir).map_err(|error| failed(io::Error::other(error)))?;
        sweep(disk, dir, holder);
        let alive = lock(&path).acquire(holder, LOOKED_AT)?;
        let record = Record {
            version: VERSION,
            watched: watched.clone(),
        };
        let bytes = serde_json::to_vec(&record).map_err(|error| failed(error.into()))?;
        write_atomic(disk, &path, &bytes, 0o600)
            .map_err(|error| failed(io::Error::other(error)))?;
        Ok(Self {
            path,
            _alive: alive,
        })
    }

    /// Forgets it: the comparison was made.
    pub(super) fn forget(&self, disk: &dyn Disk) {
        remove(disk, &self.path);
    }
}

/// What was found of a call whose piton was killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    pub strays: Vec<Stray>,
    /// Where it is now.
    pub set_aside: PathBuf,
}

/// Tells whether a call left anything here: a comparison that is still to be
/// made, or what should have gone with one that was.
pub fn is_anything_kept(disk: &dyn DiskRead, dir: &Path) -> bool {
    // If it cannot be listed, there may be something.
    disk.list_if_there(dir).map_or(true, |entries| {
        (entries.iter())
            .any(|entry| is_record(Path::new(&entry.name)) || litter_of(entry).is_some())
    })
}

/// Makes the comparisons of calls that were cut off. What was planted goes below
/// `failures`. Calls that are under way are left alone; what others left of a
/// comparison that was made goes.
pub fn clear_kept(
    disk: &dyn Disk,
    git: &dyn GitRead,
    dir: &Path,
    failures: &Path,
    holder: &Holder,
) -> Result<Vec<Leftover>, KeptError> {
    let mut found = Vec::new();
    let entries = disk.list_if_there(dir).map_err(|error| KeptError::Read {
        path: dir.to_owned(),
        source: error.into(),
    })?;
    for entry in entries {
        let path = dir.join(&entry.name);
        if !is_record(&path) || lock(&path).is_held()? {
            continue;
        }
        let failed = |source| KeptError::Read {
            path: path.clone(),
            source,
        };
        let bytes = match disk.read_at_most(&path, LIMIT) {
            Ok(bytes) => bytes,
            // Somebody else was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(error.into())),
        };
        let record: Record =
            serde_json::from_slice(&bytes).map_err(|error| failed(error.into()))?;
        if record.version != VERSION {
            return Err(failed(io::ErrorKind::Unsupported.into()));
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let set_aside = failures.join(format!("{name}-set-aside"));
        let strays = record.watched.clear(disk, git, &set_aside)?;
        remove(disk, &path);
        if !strays.is_empty() {
            found.push(Leftover { strays, set_aside });
        }
    }
    sweep(disk, dir, holder);
    Ok(found)
}

fn is_record(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == ENDING)
}

fn lock(record: &Path) -> Lock {
    Lock::at(record.with_extension("lock"))
}

/// One that stays is compared again, and nothing comes of it.
fn remove(disk: &dyn Disk, path: &Path) {
    for end in [ENDING, "lock", "lock.holder", "lock.holder.new"] {
        let _ = disk.remove_file(&path.with_extension(end));
    }
}

/// Returns of which record an entry is the lock or an unfinished writing.
fn litter_of(entry: &Entry) -> Option<String> {
    let text = entry.name.to_str()?;
    let unfinished = || {
        let (name, _) = text.strip_prefix('.')?.split_once(".json.")?;
        is_leftover(&entry.name).then_some(name)
    };
    let locked = || text.split_once(".lock").map(|(name, _)| name);
    unfinished().or_else(locked).map(str::to_owned)
}

/// Removes what was left by those who were killed before they had a record, or
/// after it was forgotten. Each under its lock: one who takes it at this moment
/// must not be left with a lock on a file that is gone.
fn sweep(disk: &dyn Disk, dir: &Path, holder: &Holder) {
    // If it cannot be listed, it stays for the next time.
    let entries = disk.list(dir).unwrap_or_default();
    let names: BTreeSet<String> = entries.iter().filter_map(litter_of).collect();
    for name in names {
        let path = dir.join(format!("{name}.{ENDING}"));
        let has_none = || matches!(disk.stat(&path), Ok(None));
        if !has_none() {
            continue;
        }
        let Ok(_dead) = lock(&path).acquire(holder, Duration::ZERO) else {
            continue;
        };
        if !has_none() {
            continue;
        }
        let its = |entry: &&Entry| litter_of(entry).as_ref() == Some(&name);
        for entry in entries.iter().filter(its) {
            if is_leftover(&entry.name) {
                let _ = disk.remove_file(&dir.join(&entry.name));
            }
        }
        remove(disk, &path);
    }
}
