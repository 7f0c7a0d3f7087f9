//! Whether somebody has uncommitted work in a live migration.

use std::path::{Path, PathBuf};

use piton_git::{Change, GitError, GitRead, StatusEntry};

/// Returns what differs from the last commit in the migration at `relative`,
/// below the top of the worktree; ignored files count.
///
/// A migration that a rule ignores as a whole and that was never committed is
/// nobody's unfinished work: its digest is compared, and the publish commits it.
pub(super) fn look(git: &dyn GitRead, relative: &Path) -> Result<Vec<PathBuf>, GitError> {
    let entries = git.status(&[relative], true)?;
    let covers =
        |entry: &StatusEntry| entry.change == Change::Ignored && relative.starts_with(&entry.path);
    if entries.iter().any(covers) {
        return Ok(Vec::new());
    }
    Ok(entries.into_iter().map(|entry| entry.path).collect())
}
