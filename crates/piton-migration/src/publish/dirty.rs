//! Whether somebody has uncommitted work in a live migration.

use std::path::{Path, PathBuf};

use piton_durable::DiskRead;
use piton_git::{Change, GitError, GitRead, StatusEntry};

use crate::manifest::MANIFEST_FILE;

/// What git says about a live migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cleanliness {
    Clean,
    /// These paths differ from the last commit; ignored ones count.
    Dirty(Vec<PathBuf>),
    /// Git ignores the whole directory and so knows nothing about it. The
    /// comparison of digests has to do alone, and nothing is committed.
    Ignored,
}

/// Looks at the migration at `relative`, below the top of the worktree.
pub(super) fn look(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    relative: &Path,
) -> Result<Cleanliness, GitError> {
    let entries = git.status(&[relative], true)?;
    // A rule that matches single files does not make a migration private: they
    // are committed nevertheless. One that matches the directory does, unless
    // somebody committed it all the same.
    let covers =
        |entry: &StatusEntry| entry.change == Change::Ignored && relative.starts_with(&entry.path);
    if entries.iter().any(covers) {
        return Ok(Cleanliness::Ignored);
    }
    if !entries.is_empty() {
        let paths = entries.into_iter().map(|entry| entry.path).collect();
        return Ok(Cleanliness::Dirty(paths));
    }
    // Of what is not there yet the status says nothing.
    let is_there = matches!(disk.stat(&git.top().join(relative)), Ok(Some(_)));
    let ignored =
        !is_there && git.is_ignored(relative)? && git.is_ignored(&relative.join(MANIFEST_FILE))?;
    Ok(if ignored {
        Cleanliness::Ignored
    } else {
        Cleanliness::Clean
    })
}
