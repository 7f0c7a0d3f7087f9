//! The operations on files.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::conflict::ConflictMode;
use crate::files::content::Content;
use crate::operation::{Detail, Operation};
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
    Ask,
}

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
            Self::Ask => Verb::Ask,
        }
    }
}

impl FileOp {
    /// Returns the files that it is about.
    pub fn paths(&self) -> Vec<&RepoPath> {
        match self {
            Self::Put { path, .. } | Self::Delete { path, .. } | Self::Keep { path, .. } => {
                vec![path]
            }
            Self::Move { from, to, .. } => vec![from, to],
        }
    }

    fn why(&self) -> &str {
        match self {
            Self::Put { why, .. }
            | Self::Move { why, .. }
            | Self::Delete { why, .. }
            | Self::Keep { why, .. } => why,
        }
    }
}

impl Operation for FileOp {
    fn category(&self) -> &'static str {
        "file"
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Put { how, .. } => how.verb(),
            Self::Move { .. } => Verb::Move,
            Self::Delete { .. } => Verb::Delete,
            Self::Keep { .. } => Verb::Skip,
        }
    }

    fn target(&self) -> Cow<'_, str> {
        match self {
            Self::Put { path, .. } | Self::Delete { path, .. } | Self::Keep { path, .. } => path,
            Self::Move { to, .. } => to,
        }
        .as_str()
        .into()
    }

    fn description(&self) -> Cow<'_, str> {
        match self {
            Self::Move { from, why, .. } => format!("from {from}, {why}").into(),
            Self::Put { .. } | Self::Delete { .. } | Self::Keep { .. } => self.why().into(),
        }
    }

    fn uses(&self) -> Vec<&OutputRef> {
        match self {
            Self::Put { content, .. } => content.uses(),
            Self::Move { .. } | Self::Delete { .. } | Self::Keep { .. } => Vec::new(),
        }
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Put { was, .. } => was.to_string().into(),
            Self::Move { from, was, .. } => {
                format!("{} at {from}, nothing at the target", Was::File(*was)).into()
            }
            Self::Delete { was, .. } | Self::Keep { was, .. } => Was::File(*was).to_string().into(),
        })
    }

    fn expectation(&self) -> Cow<'_, str> {
        match self {
            Self::Put { content, .. } => match content.known() {
                Some(bytes) => Was::File(Digest::of(&bytes)).to_string().into(),
                None => "a file with the content of the plan".into(),
            },
            Self::Move { from, was, .. } => {
                format!("{}, and nothing at {from}", Was::File(*was)).into()
            }
            Self::Delete { .. } => Was::Absent.to_string().into(),
            Self::Keep { was, .. } => Was::File(*was).to_string().into(),
        }
    }

    fn details(&self) -> Vec<Detail> {
        let mut details = Vec::new();
        if let Self::Put {
            content,
            mode,
            diff,
            ..
        } = self
        {
            if let Some(bytes) = content.known() {
                details.push(Detail::new(1, "size", counted(bytes.len(), "byte")));
                details.push(Detail::new(2, "content", Digest::of(&bytes).to_string()));
            }
            details.push(Detail::new(2, "mode", format!("{mode:o}")));
            match diff {
                Some(diff) => details.push(Detail::new(2, "difference", diff.clone())),
                None => details.push(Detail::new(3, "text", content.shown())),
            }
        }
        details
    }

    fn conflict(&self) -> Option<ConflictMode> {
        match self {
            Self::Put { conflict, .. } | Self::Keep { conflict, .. } => *conflict,
            Self::Move { .. } | Self::Delete { .. } => None,
        }
    }

    fn reversible(&self) -> bool {
        true
    }
}
