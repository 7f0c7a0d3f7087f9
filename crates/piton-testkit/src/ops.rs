//! One write to a disk, as a value.

use std::fmt;
use std::path::{Path, PathBuf};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    CreateDir,
    WriteNew,
    OpenAppend,
    Append,
    Truncate,
    SetMode,
    SyncFile,
    SyncDir,
    Rename,
    RenameNew,
    Exchange,
    RemoveFile,
    RemoveDir,
}

/// One operation of the writing half of a disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Op {
    pub verb: Verb,
    pub path: PathBuf,
    /// The second path of a rename or an exchange.
    pub to: Option<PathBuf>,
}

impl Op {
    pub fn one(verb: Verb, path: &Path) -> Self {
        Op {
            verb,
            path: path.into(),
            to: None,
        }
    }

    pub fn two(verb: Verb, path: &Path, to: &Path) -> Self {
        Op {
            verb,
            path: path.into(),
            to: Some(to.into()),
        }
    }

    /// Returns whether the operation only makes durable what is there already.
    pub fn is_sync(&self) -> bool {
        matches!(self.verb, Verb::SyncFile | Verb::SyncDir)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.verb, self.path.display())?;
        match &self.to {
            Some(to) => write!(f, " -> {}", to.display()),
            None => Ok(()),
        }
    }
}
