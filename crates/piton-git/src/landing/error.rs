//! Why a commit did not land.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{DiskError, TreeError, WriteError};

use crate::{CommitId, GitError};

/// What stands at a path that is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    Changed,
    Deleted,
    /// Something that git does not track, ignored or not.
    Untracked,
    /// On the way to it is a link, or a file.
    NotADirectory,
    /// git is told not to look at it.
    Hidden,
    Submodule,
}

/// One path that keeps a commit from landing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTheWay {
    pub path: PathBuf,
    pub obstacle: Obstacle,
}

/// Why a commit cannot land now. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    InTheWay(Vec<InTheWay>),
    /// The user is in the middle of something.
    InTheMiddle {
        of: &'static str,
    },
    /// The branch is at another commit than the one the work was made from.
    Moved {
        tip: CommitId,
    },
    /// There is no such branch any more.
    Gone,
    /// The user has checked something else out while it was looked at.
    Switched,
    /// The work was made on no branch, and now one is checked out.
    OnBranch {
        branch: String,
    },
    /// The branch is checked out in another working tree.
    CheckedOut {
        worktree: PathBuf,
    },
    /// The working tree and the git directory are on different file systems.
    OtherFileSystem,
}

/// A commit did not land. The branch, the index and the user's files are as
/// they were.
#[derive(Debug, thiserror::Error)]
pub enum LandError {
    #[error("{0}")]
    Refused(Refusal),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("{what} {}", path.display())]
    Io {
        what: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("not everything could be cleaned up after landing")]
    Clear(#[from] TreeError),
    #[error("the note about a landing in {} cannot be read", path.display())]
    Intent { path: PathBuf },
}

impl LandError {
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }

    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Refused(refusal) => refusal.hint(),
            Self::Git(error) => error.hint(),
            Self::Intent { path } => Some(format!("check {}, then remove it", path.display())),
            Self::Io { .. } | Self::Disk(_) | Self::Write(_) | Self::Clear(_) => None,
        }
    }
}

impl Refusal {
    fn hint(&self) -> Option<String> {
        match self {
            Self::InTheWay(_) => Some(
                "commit these changes, or move them away; the work waits and lands with the next command"
                    .to_owned(),
            ),
            Self::InTheMiddle { of } => {
                Some(format!("finish {of} or abort it; the work waits"))
            }
            Self::CheckedOut { worktree } => Some(format!(
                "run piton in {}, or check another branch out there",
                worktree.display()
            )),
            Self::Switched => Some("the work waits and lands with the next command".to_owned()),
            Self::Moved { .. } | Self::Gone | Self::OnBranch { .. } | Self::OtherFileSystem => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InTheWay(paths) => {
                const MOST: usize = 5;
                f.write_str("in the way is ")?;
                for (at, path) in paths.iter().take(MOST).enumerate() {
                    let separator = if at == 0 { "" } else { ", " };
                    write!(f, "{separator}{path}")?;
                }
                match paths.len().saturating_sub(MOST) {
                    0 => Ok(()),
                    more => write!(f, ", and {more} more"),
                }
            }
            Self::InTheMiddle { of } => write!(f, "the working tree is in the middle of {of}"),
            Self::Moved { tip } => write!(f, "the branch has moved to {}", tip.short()),
            Self::Gone => f.write_str("its branch is gone"),
            Self::Switched => f.write_str("something else was checked out meanwhile"),
            Self::OnBranch { branch } => write!(
                f,
                "it was made on a commit that no branch was checked out for, and now {branch} is"
            ),
            Self::CheckedOut { worktree } => {
                write!(f, "the branch is checked out in {}", worktree.display())
            }
            Self::OtherFileSystem => f.write_str(
                "the working tree and git's directory are on different file systems, where paths cannot be exchanged in one step",
            ),
        }
    }
}

impl fmt::Display for InTheWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.obstacle {
            Obstacle::Changed => "changed",
            Obstacle::Deleted => "deleted",
            Obstacle::Untracked => "not tracked",
            Obstacle::NotADirectory => "below something that is not a directory",
            Obstacle::Hidden => "hidden from git",
            Obstacle::Submodule => "a submodule",
        };
        write!(f, "{} ({what})", self.path.display())
    }
}
