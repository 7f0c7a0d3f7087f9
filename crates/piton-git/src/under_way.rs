//! What the user has begun and not finished: a merge, a rebase and the like.
//!
//! A commit made in the middle of one becomes part of it, and goes when it is
//! given up.

use std::fmt;
use std::path::Path;

use piton_durable::{DiskError, DiskRead, RealDisk};

/// An operation of git's that waits for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnderWay {
    Merge,
    Rebase,
    CherryPick,
    Revert,
    Bisect,
    ApplyMailbox,
}

impl UnderWay {
    /// Returns the command that continues it or gives it up.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Merge => "git merge",
            Self::Rebase => "git rebase",
            Self::CherryPick => "git cherry-pick",
            Self::Revert => "git revert",
            Self::Bisect => "git bisect",
            Self::ApplyMailbox => "git am",
        }
    }

    /// Says how to end it.
    pub fn way_out(self) -> String {
        match self {
            Self::Bisect => "end it with `git bisect reset`, then run the command again".to_owned(),
            other => format!(
                "end it with `{0} --continue` or `{0} --abort`, then run the command again",
                other.command()
            ),
        }
    }

    /// Looks into the git directory of one worktree.
    pub(crate) fn look(git_dir: &Path) -> Result<Option<Self>, DiskError> {
        let signs: [(&[&str], Self); 6] = [
            (&["rebase-apply/applying"], Self::ApplyMailbox),
            (&["rebase-merge", "rebase-apply"], Self::Rebase),
            (&["MERGE_HEAD"], Self::Merge),
            (&["CHERRY_PICK_HEAD"], Self::CherryPick),
            (&["REVERT_HEAD"], Self::Revert),
            (&["BISECT_LOG"], Self::Bisect),
        ];
        for (names, what) in signs {
            for name in names {
                if RealDisk.stat(&git_dir.join(name))?.is_some() {
                    return Ok(Some(what));
                }
            }
        }
        sequence(git_dir)
    }
}

/// Between two commits of a series only the list of what is left tells.
fn sequence(git_dir: &Path) -> Result<Option<UnderWay>, DiskError> {
    let todo = git_dir.join("sequencer/todo");
    if RealDisk.stat(&todo)?.is_none() {
        return Ok(None);
    }
    Ok(Some(if RealDisk.read(&todo)?.starts_with(b"revert") {
        UnderWay::Revert
    } else {
        UnderWay::CherryPick
    }))
}

impl fmt::Display for UnderWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Merge => "a merge",
            Self::Rebase => "a rebase",
            Self::CherryPick => "a cherry-pick",
            Self::Revert => "a revert",
            Self::Bisect => "a bisect",
            Self::ApplyMailbox => "a `git am`",
        })
    }
}
