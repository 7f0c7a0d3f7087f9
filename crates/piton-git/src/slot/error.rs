//! What can go wrong with a slot.

use piton_base::text::size;
use std::path::PathBuf;

use piton_durable::{DiskError, LockError, TreeError, WriteError};

use crate::GitError;

/// No slot could be had, or what is in one could not be told.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    #[error("the slots' directory {} is inside the repository", dir.display())]
    Inside { dir: PathBuf },
    #[error("a slot could not be locked")]
    Lock(#[source] LockError),
    #[error("all {most} slots in {} are in use", home.display())]
    AllInUse { home: PathBuf, most: u32 },
    #[error(transparent)]
    Directory(#[from] WriteError),
    #[error("a slot could not be cleared")]
    Clear(#[from] TreeError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A partial clone, most likely.
    #[error("this clone lacks objects of the commit: {what}")]
    Incomplete { what: String },
    /// A filter would run a file of the repository, which agents may edit.
    #[error(
        "the filter {name:?} of this repository runs {command:?}, which names a file of the repository itself"
    )]
    FilterInside { name: String, command: String },
    #[error(
        "the changes hold {} of new content, more than {}; the largest is {} ({})",
        size(*bytes), size(*limit), largest.display(), size(*largest_bytes)
    )]
    TooMuchNew {
        bytes: u64,
        limit: u64,
        largest: PathBuf,
        largest_bytes: u64,
    },
    /// Names that differ in case alone on a disk that does not tell them apart,
    /// or a filter that does not give back what it took.
    #[error("git does not give {} back as it was stored", path.display())]
    Unfaithful { path: PathBuf },
    #[error("{} would be in the commit although nobody changed it in the slot; a filter put it there", path.display())]
    Smuggled { path: PathBuf },
    /// Something stands under the name of something else.
    #[error("objects in the slot do not match their names: {what}")]
    Forged { what: String },
    #[error("{} is a repository of its own", path.display())]
    Repository { path: PathBuf },
    #[error(transparent)]
    Git(#[from] GitError),
}

impl SlotError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Inside { .. } => {
                Some("set `slot.dir` to a directory outside the repository".to_owned())
            }
            Self::AllInUse { .. } => Some("wait until another piton has finished".to_owned()),
            Self::Incomplete { .. } => Some(
                "fetch them, for example with `git backfill` or `git fetch --refetch`".to_owned(),
            ),
            Self::FilterInside { name, .. } => Some(format!(
                "set `filter.{name}` to a program outside the repository, or run agents sealed; \
                 an agent could edit that file, and without a seal it would run with your rights"
            )),
            Self::TooMuchNew { .. } => {
                Some("let git ignore what is generated, or raise `slot.max-new`".to_owned())
            }
            Self::Unfaithful { .. } => {
                Some("look for names that differ in case alone, and at the filters".to_owned())
            }
            Self::Repository { .. } => Some("remove its `.git`".to_owned()),
            Self::Git(error) => error.hint(),
            Self::Smuggled { .. } | Self::Forged { .. } => {
                Some("check the filters of this repository".to_owned())
            }
            Self::Lock(error) => error.hint().map(str::to_owned),
            Self::Directory(_) | Self::Clear(_) | Self::Disk(_) => None,
        }
    }
}
