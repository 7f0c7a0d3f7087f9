//! Holding accepted work, so that a kill leaves no lock of git's behind.

use std::path::PathBuf;

use piton_durable::{DiskRead as _, RealDisk};

use crate::program::GitCommand;
use crate::slot::held::HeldRef;
use crate::undertaking::{Move, Undertaking};
use crate::{CommitId, GitError, GitRead, Repository, loose, stale};

/// Lets a reference of piton's own name a commit, wherever it was before.
pub fn hold(repository: &Repository, name: &HeldRef, commit: &CommitId) -> Result<(), GitError> {
    let mut under = begin(repository, name, commit)?;
    if let Some(done) = loose::set_durably(repository.common(), name.as_str(), commit) {
        return done;
    }
    under.lasting()?;
    update(repository, &under, &[name.as_str(), commit.as_str()])
}

/// Lets go of what a reference holds, if that is still `commit`.
pub fn release(repository: &Repository, name: &HeldRef, commit: &CommitId) -> Result<(), GitError> {
    if let Some(done) = loose::remove(repository.common(), name.as_str(), commit) {
        return done;
    }
    let mut under = begin(repository, name, commit)?;
    under.lasting()?;
    update(repository, &under, &["-d", name.as_str(), commit.as_str()])
}

/// Says what is about to be done. Where git does it, that has to last: its locks
/// are on more than piton's own.
fn begin(
    repository: &Repository,
    name: &HeldRef,
    commit: &CommitId,
) -> Result<Undertaking, GitError> {
    let moves = Move {
        reference: name.as_str().to_owned(),
        from: None,
        to: commit.to_string(),
        // It changes no index.
        paths: Vec::new(),
    };
    Undertaking::of_move(repository, &format!("holding {}", commit.short()), moves)
}

fn update(
    repository: &Repository,
    under: &Undertaking,
    arguments: &[&str],
) -> Result<(), GitError> {
    let command = GitCommand::quietly(repository.top())
        .arg("update-ref")
        .args(arguments);
    under.command(command)?.run().map(drop)
}

/// Removes dead locks on references of piton's own, which nobody else writes.
pub(super) fn free_own_locks(repository: &Repository) -> Result<(), GitError> {
    for lock in own_locks(repository)? {
        if stale::nobody_holds(&lock, repository.top(), repository.common_dir()) {
            stale::remove(&lock);
        }
    }
    Ok(())
}

pub(super) fn any_own_locks(repository: &Repository) -> bool {
    // If they cannot be listed, there may be some.
    own_locks(repository).map_or(true, |locks| !locks.is_empty())
}

fn own_locks(repository: &Repository) -> Result<Vec<PathBuf>, GitError> {
    let own = repository.common_dir().join("refs").join("piton");
    let mut locks = Vec::new();
    for folder in ["base", "unlanded"].map(|folder| own.join(folder)) {
        let entries = RealDisk.list_if_there(&folder)?.into_iter();
        let paths = entries.map(|entry| folder.join(entry.name));
        locks.extend(paths.filter(|path| path.extension().is_some_and(|end| end == "lock")));
    }
    Ok(locks)
}
