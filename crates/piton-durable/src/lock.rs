//! One writer at a time, enforced by the operating system.
//!
//! The system releases the lock when its holder ends, however it ends, so a
//! lock can neither outlive its holder nor be taken from a living one. The file
//! stays where it is for ever and says nothing; the record beside it names the
//! holder in messages and is never believed for anything else.
#![expect(
    clippy::disallowed_methods,
    reason = "a lock belongs to an open file of this machine, which no Disk can stand for"
)]

use piton_base::text::beside;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::fs::{Access, access};
use serde::{Deserialize, Serialize};

use crate::atomic::create_dirs;
use crate::disk::{Disk, DiskRead};
use crate::real::RealDisk;
use crate::refusal::DiskResult;
use crate::turn::Turn;

/// How long a waiting process lets the holder work before it looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The most of a holder record that is read: it comes from a file.
const RECORD_LIMIT: u64 = 4096;

/// Who holds a lock, since when and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
    pub since: Timestamp,
    pub what: String,
}

impl LockError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Held { .. } => Some("try again when it has finished"),
            Self::NoFile { .. } => Some("remove it; piton makes a new one"),
            Self::Unsupported { .. } | Self::Io { .. } => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "process {} on {}, since {}, for {}",
            self.pid, self.host, self.since, self.what
        )
    }
}

/// Why a lock was not acquired. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{} is held by {}", path.display(), told(by.as_deref()))]
    Held {
        path: PathBuf,
        /// `None` when the holder's record is missing or torn.
        by: Option<Box<Holder>>,
    },
    #[error("{} is not a regular file, so it cannot be locked", path.display())]
    NoFile { path: PathBuf },
    #[error("the file system of {} does not support locks", path.display())]
    Unsupported { path: PathBuf },
    #[error("{} cannot be locked", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// A lock file, not yet locked.
#[derive(Clone, Debug)]
pub struct Lock {
    path: PathBuf,
}

impl Lock {
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Lock { path: path.into() }
    }

    /// Acquires the lock, waiting for a living holder at most `wait`. Whoever
    /// waits at all waits for the other threads of this process first, however
    /// long they take.
    pub fn acquire(&self, holder: &Holder, wait: Duration) -> Result<LockGuard, LockError> {
        let turn = if wait.is_zero() {
            None
        } else {
            Turn::take(&self.path)
        };
        let file = wait_for(wait, || self.attempt())?;
        let file = file.ok_or_else(|| LockError::Held {
            path: self.path.clone(),
            by: self.holder().map(Box::new),
        })?;
        let guard = LockGuard {
            file,
            record: self.record(),
            _turn: turn,
        };
        guard.tell(holder);
        Ok(guard)
    }

    /// Requires that the lock could be taken but for a holder. For whoever needs
    /// it only after something that costs. Nothing is made or changed.
    pub fn refuse_unfit(&self) -> Result<(), LockError> {
        match fs::symlink_metadata(&self.path) {
            Ok(_) => self.open(false).map(drop),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let there = |dir: &&Path| dir.symlink_metadata().is_ok();
                match self.path.ancestors().skip(1).find(there) {
                    Some(dir) => access(dir, Access::WRITE_OK | Access::EXEC_OK)
                        .map_err(|errno| self.failed(errno.into())),
                    None => Ok(()),
                }
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Tells whether a living process holds the lock, and changes nothing: a
    /// lock file that was never made is not made.
    pub fn is_held(&self) -> Result<bool, LockError> {
        let opened = OpenOptions::new()
            .read(true)
            .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
            .open(&self.path);
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(self.failed(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(self.unlockable(error)),
        }
    }

    /// Returns what the record beside the lock says. It may be the record of a
    /// holder that is gone.
    pub fn holder(&self) -> Option<Holder> {
        // A pipe of that name must not block whoever only wants a message.
        let bytes = RealDisk.read_at_most(&self.record(), RECORD_LIMIT).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Tells whether a holder left its name, readable or not: one that ended by
    /// itself took it away.
    pub fn has_name(&self) -> DiskResult<bool> {
        Ok(RealDisk.stat(&self.record())?.is_some())
    }

    /// Tries once; `None` when somebody else has it.
    fn attempt(&self) -> Result<Option<File>, LockError> {
        // Durably, because records that must last are going to stand beside
        // the lock, and would trust a directory that is there already.
        if let Some(parent) = self.path.parent() {
            create_dirs(&RealDisk, parent).map_err(|error| self.failed(io::Error::other(error)))?;
        }
        self.take(self.open(true)?)
    }

    fn open(&self, create: bool) -> Result<File, LockError> {
        // What is no file cannot be opened like one, or would never say so.
        if fs::symlink_metadata(&self.path).is_ok_and(|meta| !meta.is_file()) {
            return Err(LockError::NoFile {
                path: self.path.clone(),
            });
        }
        OpenOptions::new()
            .read(true)
            .append(true)
            .create(create)
            .mode(0o644)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(&self.path)
            .map_err(|error| self.failed(error))
    }

    /// Locks a file that was opened; `None` when somebody else has it, or when
    /// it is not the one that stands there any more.
    fn take(&self, file: File) -> Result<Option<File>, LockError> {
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(self.unlockable(error)),
        }
        // Somebody may have removed the file while it was being opened; then
        // this lock is on nothing, and the next process would get another.
        let ours = file.metadata().map_err(|error| self.failed(error))?.ino();
        match fs::symlink_metadata(&self.path) {
            Ok(there) if there.ino() == ours => Ok(Some(file)),
            _ => Ok(None),
        }
    }

    fn failed(&self, source: io::Error) -> LockError {
        let path = self.path.clone();
        LockError::Io { path, source }
    }

    /// A file system without locks says so in one of these: network ones mostly.
    fn unlockable(&self, source: io::Error) -> LockError {
        use rustix::io::Errno;
        let known = [Errno::NOLCK, Errno::NOTSUP, Errno::NOSYS];
        let told = known.map(|errno| Some(errno.raw_os_error()));
        if source.kind() == io::ErrorKind::Unsupported || told.contains(&source.raw_os_error()) {
            let path = self.path.clone();
            return LockError::Unsupported { path };
        }
        self.failed(source)
    }

    fn record(&self) -> PathBuf {
        beside(&self.path, ".holder")
    }
}

/// Tries again and again until something came of it or the time is up; tries at
/// least once. For what no system call waits for with a limit.
pub fn wait_for<T, E>(
    limit: Duration,
    mut attempt: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let deadline = Instant::now().checked_add(limit);
    loop {
        if let Some(got) = attempt()? {
            return Ok(Some(got));
        }
        // A time too long to be told is no limit.
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(None);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// A lock that is held until this is dropped, or the process ends.
#[derive(Debug)]
pub struct LockGuard {
    file: File,
    record: PathBuf,
    /// Given on only after the lock was released.
    _turn: Option<Turn>,
}

impl LockGuard {
    /// Writes who holds the lock beside it. Failing to is no reason to stop:
    /// it only makes somebody's message poorer.
    pub fn tell(&self, holder: &Holder) {
        let fresh = beside(&self.record, ".new");
        if let Ok(bytes) = serde_json::to_vec(holder) {
            let _ = fs::remove_file(&fresh);
            let _ = RealDisk
                .write_new(&fresh, &bytes, 0o644)
                .map_err(io::Error::from)
                .and_then(|()| fs::rename(&fresh, &self.record));
        }
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.record);
        // Unlocking by hand rather than by closing: a child between its fork
        // and its exec may hold the same file open for another moment.
        let _ = self.file.unlock();
    }
}

fn told(by: Option<&Holder>) -> String {
    by.map_or_else(|| "another process".to_owned(), Holder::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_removed_or_replaced_while_it_was_opened_is_no_lock() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::at(dir.path().join("lock"));
        let open = || File::create(dir.path().join("lock")).unwrap();
        let removed = open();
        fs::remove_file(dir.path().join("lock")).unwrap();
        assert!(lock.take(removed).unwrap().is_none());
        let before = open();
        fs::remove_file(dir.path().join("lock")).unwrap();
        let after = open();
        assert!(lock.take(before).unwrap().is_none());
        assert!(lock.take(after).unwrap().is_some());
    }
}
