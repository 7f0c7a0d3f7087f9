//! The original's lock: a directory that exists while somebody publishes.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use piton_durable::lock::wait_for;
use piton_durable::transaction::{TransactionError, rename_to_free};
use piton_durable::tree::TreeError;
use piton_durable::{Disk, DiskError, Kind, Site, create_dirs, tree};

use super::super::env::PublishEnv;
use super::super::notice::Notice;
use super::guard::Guard;
use super::judge::{Verdict, judge};
use super::owner::LockHolder;
use crate::consistency::{LOCK_DIR, OWNER_FILE};

/// How often a race with somebody who removes the directory is run again.
const RACES: usize = 16;

/// Why the original's lock could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockedByOriginal {
    #[error("{} is held by {holder}", lock.display())]
    Held {
        lock: PathBuf,
        holder: Box<LockHolder>,
    },
    #[error("{} is in the way: it must be a directory", path.display())]
    InTheWay { path: PathBuf },
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Write(#[from] piton_durable::WriteError),
}

/// The original's lock, held. Released by [`OriginalLock::release`]; when it is
/// merely dropped, it stays, and is broken as soon as this process is gone.
#[derive(Debug)]
#[must_use = "a lock that is not released stops every other publish"]
pub(in super::super) struct OriginalLock {
    root: PathBuf,
    lock: PathBuf,
    aside: PathBuf,
}

/// Takes the lock, waiting for a living holder as long as the gate would, and
/// breaking the lock of a dead one.
pub(in super::super) fn take(
    env: &PublishEnv<'_>,
    site: &Site,
    operation: &str,
    notices: &mut Vec<Notice>,
) -> Result<OriginalLock, LockedByOriginal> {
    let root = env.live.transactions();
    let lock = root.join(LOCK_DIR);
    let guard = Guard {
        path: env.gate.name(),
        file: env.gate.file(),
    };
    let record = LockHolder::ours(env.processes, &guard, operation, env.now);
    let begun = Instant::now();
    let taken = wait_for(env.gate.patience(), || {
        // Breaking a dead lock is progress: the next try comes at once.
        for _ in 0..RACES {
            match attempt(env, &root, &lock, &record)? {
                Attempt::Taken => return Ok(Some(())),
                Attempt::Again => {}
                Attempt::Exists => {
                    let waited = SignedDuration::try_from(begun.elapsed()).unwrap_or_default();
                    let now = env.now.checked_add(waited).unwrap_or(env.now);
                    match look(env, &lock, now, Some(&guard))? {
                        Judged::Alive => return Ok(None),
                        Judged::Gone => {}
                        Judged::Dead { holder, why } => {
                            if break_lock(env, &root, &lock, &holder)? {
                                let lock = lock.clone();
                                notices.push(Notice::BrokeLock { lock, why });
                            }
                        }
                    }
                }
            }
        }
        Ok::<_, LockedByOriginal>(None)
    })?;
    match taken {
        Some(()) => Ok(OriginalLock {
            aside: site.beside.join(format!("piton-{}", env.token())),
            root,
            lock,
        }),
        None => Err(LockedByOriginal::Held {
            holder: Box::new(LockHolder::read(env.disk, &lock).unwrap_or_default()),
            lock,
        }),
    }
}

/// Returns whether a lock is there that a living process holds.
pub(in super::super) fn is_waiting(env: &PublishEnv<'_>) -> bool {
    let lock = env.live.transactions().join(LOCK_DIR);
    matches!(look(env, &lock, env.now, None), Ok(Judged::Alive))
}

impl OriginalLock {
    /// Lets others in. The lock goes away in one step, so that it is never
    /// seen without its owner.
    pub(in super::super) fn release(self, disk: &dyn Disk) -> Result<(), LockedByOriginal> {
        rename_to_free(disk, &self.lock, &self.aside)?;
        tree::remove(disk, &self.aside)?;
        // Somebody else may be at work there.
        tree::remove_if_empty(disk, &self.root)?;
        Ok(())
    }
}

enum Attempt {
    Taken,
    Exists,
    /// Somebody removed the directory around it at that moment.
    Again,
}

/// Tries once: a directory that is complete, owner and all, gets the lock's
/// name, which must be free.
fn attempt(
    env: &PublishEnv<'_>,
    root: &Path,
    lock: &Path,
    record: &str,
) -> Result<Attempt, LockedByOriginal> {
    make_root(env, root)?;
    if env.disk.stat(lock)?.is_some() {
        return Ok(Attempt::Exists);
    }
    let prepared = root.join(format!("piton-{}", env.token()));
    let written = env.disk.create_dir(&prepared).and_then(|()| {
        env.disk
            .write_new(&prepared.join(OWNER_FILE), record.as_bytes(), 0o644)
    });
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Attempt::Again),
        Err(error) => {
            let _ = tree::remove(env.disk, &prepared);
            return Err(error.into());
        }
    }
    match env.disk.rename_new(&prepared, lock) {
        Ok(()) => return Ok(Attempt::Taken),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(error) => {
            tree::remove(env.disk, &prepared)?;
            return match error.kind() {
                io::ErrorKind::AlreadyExists => Ok(Attempt::Exists),
                io::ErrorKind::NotFound => Ok(Attempt::Again),
                _ => Err(error.into()),
            };
        }
    }
    // Without such a rename the lock is made the way the original makes it.
    tree::remove(env.disk, &prepared)?;
    match env.disk.create_dir(lock) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(Attempt::Exists),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Attempt::Again),
        Err(error) => return Err(error.into()),
    }
    match env
        .disk
        .write_new(&lock.join(OWNER_FILE), record.as_bytes(), 0o644)
    {
        Ok(()) => Ok(Attempt::Taken),
        Err(error) => {
            let _ = tree::remove(env.disk, lock);
            Err(error.into())
        }
    }
}

/// Makes the directory around the lock. The migrations directory must last;
/// the one for transactions need not.
fn make_root(env: &PublishEnv<'_>, root: &Path) -> Result<(), LockedByOriginal> {
    create_dirs(env.disk, env.live.path())?;
    match env.disk.create_dir(root) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.into()),
    }
    match env.disk.stat(root) {
        Ok(Some(stat)) if stat.kind == Kind::Dir => Ok(()),
        // Removed in that moment; the next try makes it again.
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(LockedByOriginal::InTheWay {
            path: root.to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}

enum Judged {
    Gone,
    Alive,
    Dead {
        holder: Box<LockHolder>,
        why: String,
    },
}

fn look(
    env: &PublishEnv<'_>,
    lock: &Path,
    now: Timestamp,
    guard: Option<&Guard>,
) -> Result<Judged, LockedByOriginal> {
    let stat = env.disk.stat(lock)?;
    let Some(stat) = stat else {
        return Ok(Judged::Gone);
    };
    if stat.kind != Kind::Dir {
        return Err(LockedByOriginal::InTheWay {
            path: lock.to_owned(),
        });
    }
    let age = stat
        .modified
        .and_then(|at| Timestamp::try_from(at).ok())
        .map(|at| now.duration_since(at));
    // A record that cannot be read may name a living process.
    let Ok(holder) = LockHolder::read(env.disk, lock).map(Box::new) else {
        return Ok(Judged::Alive);
    };
    Ok(match judge(&holder, age, env.processes, guard) {
        Verdict::Alive => Judged::Alive,
        Verdict::Dead(why) => Judged::Dead { holder, why },
    })
}

/// Takes a dead lock away: first aside, where it is looked at once more,
/// because a person may have removed it and somebody else made a new one.
fn break_lock(
    env: &PublishEnv<'_>,
    root: &Path,
    lock: &Path,
    dead: &LockHolder,
) -> Result<bool, LockedByOriginal> {
    let aside = root.join(format!("piton-{}", env.token()));
    match rename_to_free(env.disk, lock, &aside) {
        Ok(()) => {}
        Err(TransactionError::Disk(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    }
    if !LockHolder::read(env.disk, &aside).is_ok_and(|holder| holder == *dead) {
        rename_to_free(env.disk, &aside, lock)?;
        return Ok(false);
    }
    tree::remove(env.disk, &aside)?;
    Ok(true)
}
