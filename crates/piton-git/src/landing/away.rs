//! Paths that a sparse checkout leaves out of the working tree: they land in
//! the commit and in the index, and no file is touched.

use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::change::{PathChange, TreeEntry};
use super::error::LandError;
use super::look::Seen;
use crate::program::GitCommand;
use crate::{GitError, Repository};

/// The changes of a commit, by whether the working tree shows their paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) here: Vec<PathChange>,
    pub(super) away: Vec<PathChange>,
}

impl Split {
    /// Returns the paths that are away.
    pub(super) fn names(&self) -> Vec<PathBuf> {
        self.away.iter().map(|change| change.path.clone()).collect()
    }

    /// Tells them apart by what was noted before.
    pub(super) fn noted(changes: Vec<PathChange>, away: &[PathBuf]) -> Self {
        let (away, here) = (changes.into_iter()).partition(|change| away.contains(&change.path));
        Self { here, away }
    }
}

/// Looks which paths are away: git was told that they are not shown, nothing
/// stands there, and the index has what is committed.
pub(super) fn split(repository: &Repository, changes: Vec<PathChange>) -> Result<Split, LandError> {
    let mut missing = Vec::new();
    for change in changes.iter().filter(|change| change.from.is_some()) {
        if Seen::at(&repository.top().join(&change.path))?.is_none() {
            missing.push(change.path.as_path());
        }
    }
    if missing.is_empty() {
        return Ok(Split::noted(changes, &[]));
    }
    let skipped = skipped(repository)?;
    let away: Vec<PathBuf> = (changes.iter())
        .filter(|change| missing.contains(&change.path.as_path()))
        .filter(|change| skipped.get(&change.path) == change.from.as_ref())
        .map(|change| change.path.clone())
        .collect();
    Ok(Split::noted(changes, &away))
}

/// Returns what the index has for paths that are not to be shown.
fn skipped(repository: &Repository) -> Result<HashMap<PathBuf, TreeEntry>, GitError> {
    let stdout = GitCommand::reading(repository.top())
        .args(["ls-files", "-v", "--stage", "-z"])
        .run()?;
    let entry = |line: &[u8]| {
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        let mut words = std::str::from_utf8(&line[..tab]).ok()?.split(' ');
        (words.next()? == "S").then_some(())?;
        let (mode, object) = (words.next()?.to_owned(), words.next()?.to_owned());
        let path = PathBuf::from(OsString::from_vec(line[tab + 1..].to_vec()));
        Some((path, TreeEntry { mode, object }))
    };
    Ok(stdout.split(|&byte| byte == 0).filter_map(entry).collect())
}

/// Tells git again, in an index that was built again, not to show them.
pub(super) fn keep_away<'p>(
    repository: &Repository,
    index: &Path,
    paths: impl Iterator<Item = &'p Path>,
) -> Result<(), GitError> {
    let mut input = Vec::new();
    for path in paths {
        input.extend_from_slice(path.as_os_str().as_bytes());
        input.push(0);
    }
    if input.is_empty() {
        return Ok(());
    }
    GitCommand::quietly(repository.top())
        .env("GIT_INDEX_FILE", index)
        .args(["update-index", "--skip-worktree", "-z", "--stdin"])
        .run_with(&input)
        .map(drop)
}
