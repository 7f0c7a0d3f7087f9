//! Where a commit lands.

use crate::{CommitId, GitError, GitRead, Repository};

/// What is moved to the new commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Onto {
    /// The branch of this name, without `refs/heads/`.
    Branch(String),
    /// HEAD itself, which is on no branch.
    Detached,
}

impl Onto {
    pub(super) fn reference(&self) -> String {
        match self {
            Self::Branch(name) => format!("refs/heads/{name}"),
            Self::Detached => "HEAD".to_owned(),
        }
    }
}

/// Returns what is checked out now, as a place to land on.
pub fn current(repository: &Repository) -> Result<Option<(Onto, CommitId)>, GitError> {
    let Some(head) = repository.head()? else {
        return Ok(None);
    };
    let onto = repository.branch()?.map_or(Onto::Detached, Onto::Branch);
    Ok(Some((onto, head)))
}
