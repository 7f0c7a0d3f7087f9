//! Clearing away what dead undertakings left.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

use piton_base::StateDir;
use piton_durable::lock::wait_for;
use piton_durable::transaction::keep;
use piton_durable::{Disk, DiskRead, Kind, RealDisk};

use super::clear::{Cleared, clear, take_away};
use super::record::{Move, Record};
use super::{ALIVE, HOME, IndexLock, Undertaking};
use crate::{GitError, Repository};

/// How long a process that was killed may take to let go of what it held.
const DYING: Duration = Duration::from_secs(2);

/// Tells whether there is a record, of the living or the dead.
pub(crate) fn is_anything_left(common: &Path) -> bool {
    // If the directory cannot be listed, there may be a record.
    RealDisk
        .list_if_there(&common.join(HOME))
        .map_or(true, |entries| {
            entries.iter().any(|entry| entry.kind == Kind::Dir)
        })
}

/// Clears away after every undertaking whose processes are dead. Those of the
/// living are left alone.
pub(crate) fn recover(repository: &Repository) -> Result<Vec<Cleared>, GitError> {
    let home = repository.common().join(HOME);
    let mut cleared = Vec::new();
    for entry in RealDisk.list_if_there(&home)? {
        let dir = home.join(&entry.name);
        if entry.kind != Kind::Dir {
            // Not piton's: piton makes only directories here.
            continue;
        }
        let Some(_alive) = hold(repository.common(), &dir)? else {
            continue;
        };
        let token = entry.name.to_string_lossy().into_owned();
        if let Some(record) = Record::read(&dir)? {
            let places = (repository.common(), repository.top());
            let mut done = clear(places, &dir, &token, &record);
            if let Some(moves) = &record.moves {
                done.finished = finish_index(repository, &record, moves)?;
            }
            let doubtful = done.is_doubtful();
            if !done.locks.is_empty() || done.finished {
                cleared.push(done);
            }
            if doubtful {
                // The record stays too, for the next look.
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
        // piton makes a file here, so this is somebody else's.
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
