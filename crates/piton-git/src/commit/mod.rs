//! A commit of exactly the intended paths.
//!
//! It is built with an index of its own, and the branch is moved by comparing
//! and swapping, so that of git's locks only the reference's are taken by git.
//! The user's index is locked meanwhile, and shows the commit afterwards.

mod hooks;
mod patience;
mod sync;
mod tree;

use std::path::Path;

use piton_durable::transaction::AroundHooks;

use self::patience::patiently;
use crate::program::GitCommand;
use crate::undertaking::{IndexLock, Move, Undertaking};
use crate::{CommitId, GitError, Holds, Repository, Tip};

pub(crate) fn exactly(
    repository: &Repository,
    tip: &Tip,
    paths: &[&Path],
    message: &str,
    around: AroundHooks<'_>,
) -> Result<Option<CommitId>, GitError> {
    let subject = message.lines().next().unwrap_or_default();
    let mut under = Undertaking::begin(repository, &format!("the commit \"{subject}\""))?;
    let lock = patiently(repository, || IndexLock::take(&under, repository))?;
    // Looked at under the lock: nobody switches branches any more.
    let base = still(repository, tip)?;
    let hooks = repository.hooks_here()?;

    let index = under.file("index");
    let tree = tree::of(repository, &under, &index, &base, paths, &hooks, around)?;
    let Some(tree) = tree else {
        // The commit was made before; only the index may not show it.
        if let Some(commit) = &base.commit {
            let fresh = lock.prepare(&under, repository.top(), commit, paths)?;
            lock.replace(&fresh)?;
        }
        return Ok(None);
    };
    let message_file = hooks.message(repository, &under, &index, message)?;
    let mut command = GitCommand::writing(repository.top())
        .args(["commit-tree", tree.as_str(), "-F"])
        .arg(&message_file);
    if let Some(parent) = &base.commit {
        command = command.args(["-p", parent.as_str()]);
    }
    if hooks.signs() {
        command = command.arg("-S");
    }
    let commit = under.command(command)?.parsed()?;
    sync::objects(repository.common(), &under)?;

    let fresh = lock.prepare(&under, repository.top(), &commit, paths)?;
    under.moving(Move {
        reference: base.moves().to_owned(),
        from: base.commit.as_ref().map(ToString::to_string),
        to: commit.to_string(),
        paths: paths
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect(),
    })?;
    match advance(repository, &under, &base, &commit, subject) {
        Ok(()) => {}
        Err(NotMoved::Surely(error)) => return Err(error),
        Err(NotMoved::Perhaps(error)) => {
            under.leave_to_recovery();
            return Err(error);
        }
    }
    match lock.replace(&fresh) {
        Ok(()) => {
            hooks.after(repository, &under);
            drop(under);
        }
        // The commit is made; what is left is recovery's to finish.
        Err(_) => under.leave_to_recovery(),
    }
    Ok(Some(commit))
}

/// Makes sure that HEAD shows what the commit is meant for, and returns the
/// commit that it is to be made on.
fn still(repository: &Repository, wanted: &Tip) -> Result<Tip, GitError> {
    if let Some(under_way) = repository.under_way()? {
        return Err(GitError::UnderWay(under_way));
    }
    let found = repository.tip()?;
    match wanted.held_by(&found, |later, earlier| repository.contains(later, earlier))? {
        Holds::Still => Ok(found),
        Holds::Elsewhere => Err(GitError::Elsewhere {
            wanted: wanted.to_string(),
            found: found.to_string(),
        }),
        Holds::Rewritten => Err(GitError::Moved {
            what: format!("{wanted} no longer holds {}", wanted.what()),
        }),
    }
}

/// Why a branch does not show a commit that lasts.
enum NotMoved {
    Surely(GitError),
    /// Nobody could look: recovery finds out.
    Perhaps(GitError),
}

/// Moves the branch to the commit durably, or leaves it where it was.
fn advance(
    repository: &Repository,
    under: &Undertaking,
    base: &Tip,
    commit: &CommitId,
    subject: &str,
) -> Result<(), NotMoved> {
    let moved = patiently(repository, || {
        move_reference(repository, under, base, commit, subject)
    });
    if let Err(error) = moved {
        // Git moves the branch before it writes the log of HEAD, and fails when
        // that cannot be written: the commit is there all the same.
        match repository.tip() {
            Ok(tip) if tip.commit.as_ref() == Some(commit) => {}
            Ok(_) => return Err(NotMoved::Surely(error)),
            Err(_) => return Err(NotMoved::Perhaps(error)),
        }
    }
    if let Err(error) = sync::reference(repository, under, base.moves()) {
        // A move that a power cut could undo does not count.
        return Err(match take_back(repository, under, base, commit) {
            Ok(()) => NotMoved::Surely(error),
            Err(error) => NotMoved::Perhaps(error),
        });
    }
    Ok(())
}

fn move_reference(
    repository: &Repository,
    under: &Undertaking,
    base: &Tip,
    commit: &CommitId,
    subject: &str,
) -> Result<(), GitError> {
    let from = base.commit.as_ref().map_or("", CommitId::as_str);
    let mut command = GitCommand::writing(repository.top()).args(["update-ref", "-m"]);
    command = command.arg(format!("commit: {subject}"));
    if base.reference.is_none() {
        command = command.arg("--no-deref");
    }
    let command = command.args([base.moves(), commit.as_str(), from]);
    under
        .command(command)?
        .run()
        .map(drop)
        .map_err(|error| match error {
            GitError::Failed { stderr, .. } if stderr.contains("hook") => {
                GitError::CommitRefused { output: stderr }
            }
            other => other,
        })
}

fn take_back(
    repository: &Repository,
    under: &Undertaking,
    base: &Tip,
    commit: &CommitId,
) -> Result<(), GitError> {
    let command = GitCommand::writing(repository.top());
    let command = match &base.commit {
        Some(from) => command
            .args(["update-ref", "--no-deref", base.moves()])
            .args([from.as_str(), commit.as_str()]),
        None => command.args(["update-ref", "-d", base.moves(), commit.as_str()]),
    };
    under.command(command)?.run().map(drop)
}
