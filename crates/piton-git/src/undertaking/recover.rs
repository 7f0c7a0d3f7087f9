//! Clearing away what dead undertakings left.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_base::StateDir;
use piton_durable::lock::wait_for;
use piton_durable::transaction::keep;
use piton_durable::{Disk, DiskRead, Kind, RealDisk};

use super::begin::mark;
use super::begin::take_away;
use super::record::{Move, Record};
use super::{ALIVE, HOME, IndexLock, Undertaking};
use crate::stale;
use crate::{GitError, GitRead, Repository};

/// How long a process that was killed may take to let go of what it held.
const DYING: Duration = Duration::from_secs(2);

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

/// Tells whether there is a record, of the living or the dead.
pub(crate) fn is_anything_left(common: &Path) -> bool {
    RealDisk
        .list(&common.join(HOME))
        .is_ok_and(|entries| entries.iter().any(|entry| entry.kind == Kind::Dir))
}

/// Clears away after every undertaking whose processes are dead. Those of the
/// living are left alone.
pub(crate) fn recover(repository: &Repository) -> Result<Vec<Cleared>, GitError> {
    let home = repository.common().join(HOME);
    let mut cleared = Vec::new();
    for entry in RealDisk.list(&home).unwrap_or_default() {
        let dir = home.join(&entry.name);
        if entry.kind != Kind::Dir {
            // Nothing of ours: only directories are made here.
            continue;
        }
        let Some(_alive) = hold(repository.common(), &dir)? else {
            continue;
        };
        let token = entry.name.to_string_lossy().into_owned();
        if let Some(record) = Record::read(&dir) {
            let places = (repository.common(), repository.top());
            let mut done = clear(places, &dir, &token, &record);
            if let Some(moves) = &record.moves {
                done.finished = finish_index(repository, &record, moves)?;
            }
            let doubtful = done.doubtful;
            if !done.locks.is_empty() || done.finished {
                cleared.push(done);
            }
            if doubtful {
                // The record stays as well, and is looked at again.
                continue;
            }
        }
        take_away(&dir)?;
    }
    Ok(cleared)
}

/// Takes the lock that the processes of an undertaking hold; `None` while one
/// of them lives. Those that were killed a moment ago are waited for.
fn hold(common: &Path, dir: &Path) -> Result<Option<File>, GitError> {
    let path = dir.join(ALIVE);
    let failed = |source| GitError::Record {
        path: path.clone(),
        source,
    };
    match RealDisk.stat(&path) {
        Ok(Some(stat)) if stat.kind == Kind::File => {}
        // Nobody of ours put that there.
        Ok(Some(_)) => {
            let failures = StateDir::of(common).failures();
            keep(&RealDisk, dir, &failures).map_err(|error| failed(io::Error::other(error)))?;
            return Ok(None);
        }
        // It died before it had begun. A directory with anything in it is left
        // to a person.
        Ok(None) | Err(_) => {
            let _ = RealDisk.remove_dir(dir);
            return Ok(None);
        }
    }
    let alive = match File::options().read(true).write(true).open(&path) {
        Ok(alive) => alive,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let held = wait_for(DYING, || {
        Ok::<_, GitError>(alive.try_lock().is_ok().then_some(()))
    })?;
    Ok(held.map(|()| alive))
}

/// Removes the locks of an undertaking whose processes have ended, all at once.
pub(super) fn clear(
    (common, top): (&Path, &Path),
    dir: &Path,
    token: &str,
    record: &Record,
) -> Cleared {
    let mut locks = Vec::new();
    let mut stays = false;
    let mut remove = |path: PathBuf| match RealDisk.remove_file(&path) {
        Ok(()) => locks.push(path),
        Err(error) => stays |= error.kind() != io::ErrorKind::NotFound,
    };
    let index = common.join(&record.index_lock);
    if content(&index).is_some_and(|content| content == mark(token)) {
        remove(index);
    }
    let begun = RealDisk
        .stat(&dir.join(ALIVE))
        .ok()
        .flatten()
        .and_then(|stat| stat.modified);
    let found: Vec<(PathBuf, String)> = record
        .locks
        .iter()
        .map(|lock| common.join(lock))
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
    let mut doubtful = false;
    for (path, content) in found {
        let made = RealDisk
            .stat(&path)
            .ok()
            .flatten()
            .and_then(|stat| stat.modified);
        let since = begun.is_some() && made >= begun;
        let proved = if content.is_empty() {
            since && !is_another_s && (is_ours || !stale::somebody_works_in(&path, top, common))
        } else {
            ours(&content)
        };
        if proved {
            remove(path);
        } else if content.is_empty() && since {
            doubtful = true;
        }
    }
    Cleared {
        what: record.what.clone(),
        locks,
        finished: false,
        doubtful: doubtful || stays,
    }
}

fn content(lock: &Path) -> Option<String> {
    let bytes = RealDisk.read_at_most(lock, LOCK_LIMIT).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Brings the user's index to a commit that was made, where the kill came
/// between the reference and the index.
fn finish_index(repository: &Repository, record: &Record, moves: &Move) -> Result<bool, GitError> {
    if moves.paths.is_empty() {
        // Whoever moved it sees to the index as well.
        return Ok(false);
    }
    let here = repository.common().join(&record.git_dir);
    if here.components().ne(repository.git_dir().components()) {
        return Ok(false);
    }
    let tip = repository.tip()?;
    let landed = tip
        .commit
        .as_ref()
        .filter(|commit| commit.as_str() == moves.to);
    let (Some(commit), true) = (landed, tip.moves() == moves.reference) else {
        return Ok(false);
    };
    let paths: Vec<&Path> = moves.paths.iter().map(Path::new).collect();
    if repository.staged(&paths)?.is_empty() {
        return Ok(false);
    }
    let under = Undertaking::begin(repository, &record.what)?;
    let lock = match IndexLock::take(&under, repository) {
        Ok(lock) => lock,
        // Somebody works with the index; it is theirs to see to now.
        Err(GitError::Locked { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    let fresh = lock.prepare(&under, repository.top(), commit, &paths)?;
    lock.replace(&fresh)?;
    Ok(true)
}
