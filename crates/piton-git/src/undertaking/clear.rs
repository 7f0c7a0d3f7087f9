//! Taking away what one undertaking left, once its processes are gone.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use piton_durable::{Disk, DiskError, DiskRead, Kind, RealDisk, TreeError, tree};

use super::record::Record;
use super::{ALIVE, TABLES};
use crate::stale;

/// No lock of git's holds more than the name of an object.
const LOCK_LIMIT: u64 = 4096;

/// One dead undertaking, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    pub what: String,
    /// Locks that were removed.
    pub locks: Vec<PathBuf>,
    /// Whether the user's index was brought to what had been committed.
    pub finished: bool,
    /// Whether a lock stays: somebody who lives may hold it, or the disk kept it.
    doubtful: bool,
}

impl Cleared {
    pub(super) fn is_doubtful(&self) -> bool {
        self.doubtful
    }
}

impl fmt::Display for Cleared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cleared away what a killed git left of {}", self.what)?;
        for (n, lock) in self.locks.iter().enumerate() {
            let before = if n == 0 { ": " } else { ", " };
            write!(f, "{before}{}", lock.display())?;
        }
        if self.finished {
            f.write_str("; the index shows its commit now")?;
        }
        Ok(())
    }
}

/// Removes the locks of an undertaking whose processes have ended, all at once.
pub(super) fn clear(
    (common, top): (&Path, &Path),
    dir: &Path,
    token: &str,
    record: &Record,
) -> Cleared {
    let begun = RealDisk.stat(&dir.join(ALIVE));
    let mut sweep = Sweep {
        common,
        top,
        removed: Vec::new(),
        // What cannot be looked at stays, and so does the record that names it.
        doubtful: begun.is_err(),
        begun: begun.ok().flatten().and_then(|stat| stat.modified),
    };
    let index = common.join(&record.index_lock);
    if sweep
        .content(&index)
        .is_some_and(|content| content == mark(token))
    {
        sweep.remove(index);
    }
    sweep.references(record);
    sweep.tables();
    Cleared {
        what: record.what.clone(),
        locks: sweep.removed,
        finished: false,
        doubtful: sweep.doubtful,
    }
}

/// Removes locks on tables of references that a git of this undertaking made
/// and could not remove, as when the disk failed at that: they keep others from
/// packing references. Nobody has died here, and other gits are at work as
/// always: only what provably none of them holds goes.
pub(super) fn clear_tables((common, top): (&Path, &Path), dir: &Path) {
    let begun = modified(&dir.join(ALIVE));
    for lock in table_locks(common).into_iter().flatten() {
        let ours = begun.is_some() && modified(&lock) >= begun;
        if ours && stale::nobody_holds(&lock, top, common) {
            stale::remove(&lock);
        }
    }
}

/// Goes through the locks that one undertaking may have left.
struct Sweep<'a> {
    common: &'a Path,
    top: &'a Path,
    /// Since when the undertaking was at work, if that can be told.
    begun: Option<SystemTime>,
    removed: Vec<PathBuf>,
    doubtful: bool,
}

impl Sweep<'_> {
    /// Removes those locks on references that are proved to be its own.
    fn references(&mut self, record: &Record) {
        let paths = record.locks.iter().filter(|lock| *lock != TABLES);
        let found: Vec<(PathBuf, String)> = paths
            .map(|lock| self.common.join(lock))
            .filter_map(|path| self.content(&path).map(|content| (path, content)))
            .collect();
        let ours = |content: &str| {
            record
                .moves
                .as_ref()
                .is_some_and(|moves| content.trim_end() == moves.to)
        };
        // Git writes what a reference is to be right after it made the lock. One
        // with something else in it is another git's, and so are those around it;
        // where ours is there, those around it were taken before it.
        let is_ours = found.iter().any(|(_, content)| ours(content));
        let is_another_s = found
            .iter()
            .any(|(_, content)| !content.is_empty() && !ours(content));
        for (path, content) in found {
            let since = self.is_since(&path);
            let proved = if content.is_empty() {
                since && !is_another_s && (is_ours || self.is_free(&path))
            } else {
                ours(&content)
            };
            if proved {
                self.remove(path);
            } else if content.is_empty() && since {
                self.doubtful = true;
            }
        }
    }

    /// Removes locks on tables of references, which do not say whose they are.
    fn tables(&mut self) {
        let tables = table_locks(self.common);
        self.doubtful |= tables.is_err();
        for path in tables.into_iter().flatten() {
            if !self.is_since(&path) {
                continue;
            }
            if self.is_free(&path) {
                self.remove(path);
            } else {
                self.doubtful = true;
            }
        }
    }

    /// Returns what stands in a lock, where there is one that can be read.
    fn content(&mut self, lock: &Path) -> Option<String> {
        let found = content(lock);
        self.doubtful |= found.is_err();
        found.ok().flatten()
    }

    /// Whether a lock was made since the undertaking began.
    fn is_since(&self, path: &Path) -> bool {
        self.begun.is_some() && modified(path) >= self.begun
    }

    /// Whether no living git works where the lock is.
    fn is_free(&self, path: &Path) -> bool {
        !stale::somebody_works_in(path, self.top, self.common)
    }

    fn remove(&mut self, path: PathBuf) {
        match RealDisk.remove_file(&path) {
            Ok(()) => self.removed.push(path),
            Err(error) => self.doubtful |= error.kind() != io::ErrorKind::NotFound,
        }
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    RealDisk.stat(path).ok().flatten()?.modified
}

/// Returns git's locks on the tables that references are in, where they are.
fn table_locks(common: &Path) -> Result<Vec<PathBuf>, DiskError> {
    let dir = common.join("reftable");
    let entries = RealDisk.list_if_there(&dir)?.into_iter();
    Ok(entries
        .filter(|entry| entry.kind == Kind::File)
        .map(|entry| dir.join(entry.name))
        .filter(|path| path.extension().is_some_and(|end| end == "lock"))
        .collect())
}

/// Returns what stands in a lock; `None` where there is none, or no lock of
/// git's: those are short files.
fn content(lock: &Path) -> Result<Option<String>, DiskError> {
    match RealDisk.stat(lock)? {
        Some(stat) if stat.kind == Kind::File && stat.len <= LOCK_LIMIT => {}
        Some(_) | None => return Ok(None),
    }
    match RealDisk.read_at_most(lock, LOCK_LIMIT) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the directory of an undertaking, and last in it the file that tells
/// whether anybody lives: without that file nobody could know what the rest is.
pub(super) fn take_away(dir: &Path) -> Result<(), TreeError> {
    for entry in RealDisk.list(dir)? {
        if entry.name != ALIVE {
            tree::remove(&RealDisk, &dir.join(&entry.name))?;
        }
    }
    tree::remove(&RealDisk, dir)
}

/// What stands in a lock that an undertaking made.
pub(super) fn mark(token: &str) -> String {
    format!("held by piton, {token}\n")
}
