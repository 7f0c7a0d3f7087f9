//! Where work on a branch starts.

use piton_git::landing::{branch_tip, fetched_tip};
use piton_git::{CommitId, GitRead as _};

use crate::context::Place;
use crate::error::CommandError;

/// Where work on a branch starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) commit: CommitId,
    /// Whether the branch has to be begun here first.
    pub(super) is_new: bool,
    /// Whether nothing here knows of the branch.
    pub(super) is_unknown: bool,
}

/// Finds it: the branch as it is, else as it was fetched last, else what is
/// checked out.
pub(super) fn base(place: &Place, branch: &str) -> Result<Base, CommandError> {
    let repository = &place.repository;
    if let Some(commit) = branch_tip(repository, branch)? {
        return Ok(Base {
            commit,
            is_new: false,
            is_unknown: false,
        });
    }
    let fetched = fetched_tip(repository, "origin", branch)?;
    let is_unknown = fetched.is_none();
    let commit = match fetched {
        Some(commit) => Some(commit),
        None => repository.head()?,
    };
    let commit = commit.ok_or_else(|| {
        CommandError::usage("could not work in a repository without a commit")
            .hint("make a first commit; agents work on what is committed")
    })?;
    Ok(Base {
        commit,
        is_new: true,
        is_unknown,
    })
}
