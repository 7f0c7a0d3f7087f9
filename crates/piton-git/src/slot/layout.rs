//! Laying out a commit's files in a slot.

use std::path::Path;

use piton_durable::{Disk, DiskRead as _, Kind, RealDisk, tree};

use super::by_hand::ByHand;
use super::changes::{Changes, SlotChangeKind};
use super::filters::SlotGit;
use super::{SlotError, directory};
use crate::{CommitId, GitError};

/// Puts a slot that was made before at `commit`. Ignored files stay.
pub(super) fn again(disk: &dyn Disk, git: &SlotGit, commit: &CommitId) -> Result<(), SlotError> {
    onward(disk, git, commit, None)
}

/// The same; without a git where that can be done `by_hand`.
pub(super) fn onward(
    disk: &dyn Disk,
    git: &SlotGit,
    commit: &CommitId,
    by_hand: Option<ByHand<'_>>,
) -> Result<(), SlotError> {
    let changes = Changes::look(git)?;
    for change in &changes.0 {
        match change.kind {
            SlotChangeKind::Made | SlotChangeKind::Repository => {
                remove_made(disk, &git.dir, &change.path)?;
            }
            SlotChangeKind::Changed | SlotChangeKind::Deleted => {}
        }
    }
    let tracked = |kind| matches!(kind, SlotChangeKind::Changed | SlotChangeKind::Deleted);
    if !changes.0.iter().any(|change| tracked(change.kind))
        && let Some(shown) = head(&git.own)
    {
        let done = |by_hand: ByHand<'_>| by_hand.lay_out(git, &shown, commit).is_some();
        if shown == *commit || by_hand.is_some_and(done) {
            return Ok(());
        }
    }
    fresh(disk, git, commit)
}

/// Lays the files of `commit` out, over whatever is there.
pub(super) fn fresh(disk: &dyn Disk, git: &SlotGit, commit: &CommitId) -> Result<(), SlotError> {
    lay_out(git, commit)?;
    if git.filters_itself {
        // Now that the filter is there, all that it may have missed.
        tree::remove(disk, &git.own.join("index"))?;
        lay_out(git, commit)?;
    }
    Ok(())
}

fn lay_out(git: &SlotGit, commit: &CommitId) -> Result<(), SlotError> {
    let command = git
        .command()?
        .args(["reset", "--hard", "--quiet", commit.as_str()]);
    match command.run() {
        Ok(_) => Ok(()),
        Err(GitError::Failed { stderr, .. }) if tells_of_missing_objects(&stderr) => {
            Err(SlotError::Incomplete {
                what: stderr.lines().next().unwrap_or_default().to_owned(),
            })
        }
        Err(error) => Err(error.into()),
    }
}

/// Names the commit that a slot is to show in piton's own git directory before
/// there is one to move.
pub(super) fn set_head(disk: &dyn Disk, own: &Path, commit: &CommitId) -> Result<(), SlotError> {
    let head = own.join("HEAD");
    tree::remove(disk, &head)?;
    directory::put(disk, &head, format!("{commit}\n").as_bytes())
}

/// Returns the commit that piton's own git directory names.
pub(super) fn head(own: &Path) -> Option<CommitId> {
    let bytes = RealDisk.read(&own.join("HEAD")).ok()?;
    std::str::from_utf8(&bytes).ok()?.trim_end().parse().ok()
}

/// Removes what an agent made, with the directories that are empty then.
pub(super) fn remove_made(disk: &dyn Disk, slot: &Path, path: &Path) -> Result<(), SlotError> {
    tree::remove(disk, &slot.join(path))?;
    for dir in path
        .ancestors()
        .skip(1)
        .take_while(|dir| *dir != Path::new(""))
    {
        let dir = slot.join(dir);
        let is_dir = matches!(disk.stat(&dir), Ok(Some(stat)) if stat.kind == Kind::Dir);
        // One that is not empty stays, and so do those above it.
        if !is_dir || disk.remove_dir(&dir).is_err() {
            break;
        }
    }
    Ok(())
}

fn tells_of_missing_objects(stderr: &str) -> bool {
    [
        "unable to read",
        "not our ref",
        "missing blob",
        "bad object",
        "Could not parse object",
    ]
    .iter()
    .any(|words| stderr.contains(words))
}
