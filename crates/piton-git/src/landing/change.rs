//! What a commit changes, path by path.

pub use crate::objects::{PathChange, TreeEntry};
use crate::{CommitId, GitError, Repository, objects};

/// Returns what differs between two commits, sorted by path.
pub fn changes(
    repository: &Repository,
    base: &CommitId,
    commit: &CommitId,
) -> Result<Vec<PathChange>, GitError> {
    objects::changes(repository.objects(), base.as_str(), commit.as_str())
}
