//! A file below a folder that is not the repository.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::operation::FileOp;
use crate::operation::{Description, Key, Operation};

/// An operation on a file below a folder that is named in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct OutsideFile {
    root: PathBuf,
    file: Box<FileOp>,
}

/// It, as it is written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    root: PathBuf,
    file: Box<FileOp>,
}

/// Why this is no operation outside the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a file outside the repository is named by a full path and an operation below it")]
pub struct InvalidOutside;

impl OutsideFile {
    pub(super) fn new(root: PathBuf, file: FileOp) -> Self {
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

    pub(super) fn key(&self) -> Key<'_> {
        let key = self.file.key();
        Key::new(key.category, key.verb, self.named(&key.target))
    }

    pub(super) fn describe(&self) -> Description<'_> {
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

impl From<OutsideFile> for Written {
    fn from(OutsideFile { root, file }: OutsideFile) -> Self {
        Self { root, file }
    }
}
