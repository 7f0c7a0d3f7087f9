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

/// How HEAD stands to a tip that something was decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It is on the same branch, which holds the same commit.
    Still,
    /// Something else is checked out.
    Elsewhere,
    /// The branch no longer holds the commit.
    Rewritten,
}

impl Tip {
    /// Tells how another tip stands to this one. `contains` says of a later
    /// commit and an earlier one whether the later holds it.
    pub fn held_by<E>(
        &self,
        found: &Self,
        contains: impl FnOnce(&CommitId, &CommitId) -> Result<bool, E>,
    ) -> Result<Holds, E> {
        if self.reference != found.reference {
            return Ok(Holds::Elsewhere);
        }
        let holds = match (&self.commit, &found.commit) {
            (None, _) => true,
            (Some(earlier), Some(later)) => contains(later, earlier)?,
            (Some(_), None) => false,
        };
        Ok(if holds {
            Holds::Still
        } else {
            Holds::Rewritten
        })
    }

    /// Returns the branch the way people call it.
    pub fn branch(&self) -> Option<&str> {
        let reference = self.reference.as_deref()?;
        Some(reference.strip_prefix("refs/heads/").unwrap_or(reference))
    }

    /// Names its commit, for messages.
    pub fn what(&self) -> String {
        let short = self.commit.as_ref().map(CommitId::short);
        short.map_or_else(
            || "a commit".to_owned(),
            |short| format!("the commit {short}"),
        )
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
