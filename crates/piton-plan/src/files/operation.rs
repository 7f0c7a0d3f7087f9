//! The operations on files.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::conflict::ConflictMode;
use crate::files::content::Content;
use crate::operation::{Description, Key, Operation};
use crate::output::OutputRef;
use crate::summary::counted;
use crate::verb::Verb;
use piton_base::{Digest, RepoPath};

/// One operation on a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum FileOp {
    /// Gives a file its content, whole or not at all.
    Put {
        path: RepoPath,
        how: How,
        content: Content,
        /// The permission bits of a new file; an existing one keeps its own.
        mode: u32,
        was: Was,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conflict: Option<ConflictMode>,
        why: String,
        /// Where the content goes instead, should the user want both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beside: Option<RepoPath>,
        /// What changes, line by line, for people.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
    },
    Move {
        from: RepoPath,
        to: RepoPath,
        was: Digest,
        why: String,
    },
    Delete {
        path: RepoPath,
        was: Digest,
        why: String,
    },
    /// Leaves a file as it is.
    Keep {
        path: RepoPath,
        was: Digest,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conflict: Option<ConflictMode>,
        why: String,
    },
    /// One of the others, below a folder that is not the repository.
    Outside(OutsideFile),
}

/// The word for giving a file its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    Create,
    Copy,
    Configure,
    Write,
    Overwrite,
    Upgrade,
    Ask,
}

/// The words with which a question about a file is answered.
pub const KEEP: &str = "keep";
pub(super) const OVERWRITE: &str = "overwrite";
pub(super) const BESIDE: &str = "beside";

/// What stood at a path when a plan was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Was {
    Absent,
    File(Digest),
}

impl fmt::Display for Was {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("no file"),
            Self::File(digest) => write!(f, "a file with {}", digest.short()),
        }
    }
}

impl How {
    const fn verb(self) -> Verb {
        match self {
            Self::Create => Verb::Create,
            Self::Copy => Verb::Copy,
            Self::Configure => Verb::Configure,
            Self::Write => Verb::Write,
            Self::Overwrite => Verb::Overwrite,
            Self::Upgrade => Verb::Upgrade,
            Self::Ask => Verb::Ask,
        }
    }
}

impl FileOp {
    /// Returns the same below a folder that is not the repository, named in
    /// full. One that has a folder already is moved to this one.
    #[must_use]
    pub fn outside(self, root: PathBuf) -> Self {
        Self::Outside(OutsideFile::new(root, self))
    }
}

impl Operation for FileOp {
    /// Performing looks again, under the lock: between the look and the lock
    /// somebody may have put a link there.
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let (verb, path) = match self {
            Self::Put { how, path, .. } => (how.verb(), path),
            Self::Move { to, .. } => (Verb::Move, to),
            Self::Delete { path, .. } => (Verb::Delete, path),
            Self::Keep { path, .. } => (Verb::Skip, path),
            Self::Outside(outside) => return outside.key(),
        };
        Key::new("file", verb, path.as_str())
    }

    fn describe(&self) -> Description<'_> {
        match self {
            Self::Put {
                content,
                mode,
                was,
                diff,
                why,
                beside,
                path,
                ..
            } => {
                let mut shown = Description::new(why)
                    .premise(was.to_string())
                    .touches(path.as_str());
                if let Some(beside) = beside {
                    shown = shown.detail(1, "beside", beside.as_str());
                }
                if let Some(bytes) = content.known() {
                    let digest = Digest::of(&bytes);
                    shown = shown
                        .expects(Was::File(digest).to_string())
                        .detail(1, "size", counted(bytes.len(), "byte"))
                        .detail(2, "content", digest.to_string());
                } else {
                    shown = shown.expects("a file with the content of the plan");
                }
                shown = shown.detail(2, "mode", format!("{mode:o}"));
                match diff {
                    Some(diff) => shown.detail(2, "difference", diff),
                    None => shown.detail(3, "text", content.shown()),
                }
            }
            Self::Move { from, to, was, why } => {
                let was = Was::File(*was);
                Description::new(format!("from {from}, {why}"))
                    .touches(from.as_str())
                    .touches(to.as_str())
                    .premise(format!("{was} at {from}, nothing at the target"))
                    .expects(format!("{was}, and nothing at {from}"))
            }
            Self::Delete { path, was, why } => Description::new(why)
                .touches(path.as_str())
                .premise(Was::File(*was).to_string())
                .expects(Was::Absent.to_string()),
            Self::Keep { was, why, .. } => Description::new(why)
                .premise(Was::File(*was).to_string())
                .expects(Was::File(*was).to_string()),
            Self::Outside(outside) => outside.describe(),
        }
        .reversible()
    }

    fn uses(&self) -> Vec<&OutputRef> {
        match self {
            Self::Put { content, .. } => content.uses(),
            Self::Move { .. } | Self::Delete { .. } | Self::Keep { .. } => Vec::new(),
            Self::Outside(outside) => outside.file().uses(),
        }
    }

    fn conflict(&self) -> Option<ConflictMode> {
        match self {
            Self::Put { conflict, .. } | Self::Keep { conflict, .. } => *conflict,
            Self::Move { .. } | Self::Delete { .. } => None,
            Self::Outside(outside) => outside.file().conflict(),
        }
    }
}

/// An operation on a file below a folder that is named in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct OutsideFile {
    root: PathBuf,
    file: Box<FileOp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    root: PathBuf,
    file: Box<FileOp>,
}

/// Why this is no operation outside the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a file outside the repository is named by a full path and an operation below it")]
struct InvalidOutside;

impl OutsideFile {
    fn new(root: PathBuf, file: FileOp) -> Self {
        let file = match file {
            FileOp::Outside(outside) => outside.file,
            here => Box::new(here),
        };
        Self { root, file }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn file(&self) -> &FileOp {
        &self.file
    }

    fn key(&self) -> Key<'_> {
        let key = self.file.key();
        Key::new(key.category, key.verb, self.named(&key.target))
    }

    fn describe(&self) -> Description<'_> {
        let mut shown = self.file.describe();
        for path in &mut shown.touches {
            *path = self.named(path).into();
        }
        shown
    }

    fn named(&self, path: &str) -> String {
        format!("{}/{path}", self.root.display())
    }
}

impl TryFrom<Written> for OutsideFile {
    type Error = InvalidOutside;

    fn try_from(Written { root, file }: Written) -> Result<Self, Self::Error> {
        if root.is_absolute() && !matches!(*file, FileOp::Outside(_)) {
            Ok(Self { root, file })
        } else {
            Err(InvalidOutside)
        }
    }
}
