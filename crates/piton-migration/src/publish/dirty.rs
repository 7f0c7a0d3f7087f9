//! Whether somebody has uncommitted work in a live migration.

use std::path::{Path, PathBuf};

use piton_git::{GitError, GitRead};

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
pub(super) fn look(git: &dyn GitRead, relative: &Path) -> Result<Cleanliness, GitError> {
    // A rule that matches single files does not make a migration private: they
    // are committed nevertheless. One that matches the directory does, unless
    // somebody committed it all the same.
    if git.is_ignored(relative)? && git.is_ignored(&relative.join(MANIFEST_FILE))? {
        return Ok(Cleanliness::Ignored);
    }
    let paths: Vec<PathBuf> = git
        .status(&[relative], true)?
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    Ok(if paths.is_empty() {
        Cleanliness::Clean
    } else {
        Cleanliness::Dirty(paths)
    })
}
