//! The place of a directory that is published, below the top of the worktree.

use std::path::Path;
use std::str::FromStr;

use piton_base::RepoPath;
use serde::{Deserialize, Serialize};

/// A relative path that stays inside the worktree and out of `.git`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LivePath(String);

impl LivePath {
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// Returns the last part: for a migration, its slug.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
}

/// Says what such a path must look like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a place to publish to: a relative path with / between its parts \
     is expected, without empty parts, `.`, `..` or `.git`"
)]
pub struct InvalidLivePath(String);

impl FromStr for LivePath {
    type Err = InvalidLivePath;

    fn from_str(text: &str) -> Result<Self, InvalidLivePath> {
        match text.parse::<RepoPath>() {
            Ok(path) => Ok(LivePath(path.into())),
            Err(_) => Err(InvalidLivePath(text.chars().take(200).collect())),
        }
    }
}

piton_base::through_text!(LivePath);
piton_base::holds_text!(LivePath);
