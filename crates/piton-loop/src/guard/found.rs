//! What the guard found.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use piton_git::CommitId;

use crate::listed::first_few;

/// Everything that was noticed after a call.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What the agent may not do; its work is refused.
    pub strays: Vec<Stray>,
    /// What the user may well have done; the user is told.
    pub notes: Vec<Note>,
    /// Where what was planted is now.
    pub set_aside: Option<PathBuf>,
}

/// One thing that the user may well have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A branch, or what follows one, stands elsewhere.
    Moved {
        name: String,
        from: Option<CommitId>,
        to: Option<CommitId>,
    },
    /// Anything else, in words.
    Said(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved { name, from, to } => {
                let from = from.as_ref().map_or("nothing", CommitId::short);
                let to = to.as_ref().map_or("nothing", CommitId::short);
                write!(f, "{name} moved from {from} to {to}")
            }
            Self::Said(text) => f.write_str(text),
        }
    }
}

/// One thing that nobody but the agent is known to have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stray {
    /// A branch, a tag or the stash was made, moved or removed.
    Reference { name: String },
    /// The commit that the user's tree shows is gone.
    Head,
    /// Something that git runs, or that says what git runs.
    Planted {
        path: PathBuf,
        /// The settings that differ, where it is a file of settings.
        keys: BTreeSet<String>,
    },
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference { name } => write!(f, "the reference {name}"),
            Self::Head => f.write_str("the repository's HEAD, which names no commit any more"),
            Self::Planted { path, keys } => {
                write!(f, "{}", path.display())?;
                match first_few(3, keys) {
                    Some(shown) => write!(f, " ({shown})"),
                    None => Ok(()),
                }
            }
        }
    }
}
