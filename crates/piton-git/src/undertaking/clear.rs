//! Taking away what one undertaking left, once its processes are gone.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use piton_durable::{Disk, DiskRead, Kind, RealDisk, TreeError, tree};

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
    let mut sweep = Sweep {
        common,
        top,
        begun: modified(&dir.join(ALIVE)),
        removed: Vec::new(),
        doubtful: false,
    };
    let index = common.join(&record.index_lock);
    if content(&index).is_some_and(|content| content == mark(token)) {
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
        let found: Vec<(PathBuf, String)> = record
            .locks
            .iter()
            .filter(|lock| *lock != TABLES)
            .map(|lock| self.common.join(lock))
            .filter_map(|path| content(&path).map(|content| (path, content)))
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
        for path in table_locks(self.common) {
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
fn table_locks(common: &Path) -> Vec<PathBuf> {
    let dir = common.join("reftable");
    let entries = RealDisk.list(&dir).unwrap_or_default();
    entries
        .into_iter()
        .filter(|entry| entry.kind == Kind::File)
        .map(|entry| dir.join(entry.name))
        .filter(|path| path.extension().is_some_and(|end| end == "lock"))
        .collect()
}

fn content(lock: &Path) -> Option<String> {
    let bytes = RealDisk.read_at_most(lock, LOCK_LIMIT).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
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
