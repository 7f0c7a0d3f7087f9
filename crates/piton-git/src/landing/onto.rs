//! Where a commit lands.

use crate::{CommitId, GitError, Repository};

/// What is moved to the new commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onto {
    /// The branch of this name, without `refs/heads/`.
    Branch(String),
    /// HEAD itself, which is on no branch.
    Detached,
}

impl Onto {
    /// Returns what people call it: the branch, or HEAD.
    pub fn name(&self) -> &str {
        match self {
            Self::Branch(name) => name,
            Self::Detached => "HEAD",
        }
    }

    /// Returns the reference of the branch, where it is one.
    pub fn branch_reference(&self) -> Option<String> {
        match self {
            Self::Branch(_) => Some(self.reference()),
            Self::Detached => None,
        }
    }

    pub(super) fn reference(&self) -> String {
        match self {
            Self::Branch(name) => format!("refs/heads/{name}"),
            Self::Detached => "HEAD".to_owned(),
        }
    }
}

/// Returns what is checked out now, as a place to land on.
pub fn current(repository: &Repository) -> Result<Option<(Onto, CommitId)>, GitError> {
    let tip = repository.tip()?;
    let onto = match tip.branch() {
        Some(name) => Onto::Branch(name.to_owned()),
        None => Onto::Detached,
    };
    Ok(tip.commit.map(|head| (onto, head)))
}
