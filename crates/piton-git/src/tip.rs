//! Where HEAD points: the premise of every commit.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::CommitId;

/// A branch, or a detached HEAD, and the commit that it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tip {
    /// The branch's full name, `refs/heads/…`; `None` when HEAD is detached.
    pub reference: Option<String>,
    /// `None` before the first commit.
    pub commit: Option<CommitId>,
}

impl Tip {
    /// Returns the branch the way people call it.
    pub fn branch(&self) -> Option<&str> {
        let reference = self.reference.as_deref()?;
        Some(reference.strip_prefix("refs/heads/").unwrap_or(reference))
    }

    /// Returns what is moved by a commit here.
    pub(crate) fn moves(&self) -> &str {
        self.reference.as_deref().unwrap_or("HEAD")
    }
}

impl fmt::Display for Tip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.branch() {
            Some(branch) => write!(f, "the branch {branch}"),
            None => f.write_str("a detached HEAD"),
        }
    }
}
