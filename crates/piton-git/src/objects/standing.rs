//! Whether a file of the working tree is what is stored.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::change::TreeEntry;
use super::reader::ObjectKind;
use crate::{GitError, Repository};

impl TreeEntry {
    /// Whether it is a file of this kind.
    pub(crate) fn is_like(&self, meta: &Metadata) -> bool {
        let runs = meta.mode() & 0o100 != 0;
        meta.is_file() && self.is_file() && self.runs() == runs
    }
}

/// Whether the file at a path is what is stored. What cannot be read is not.
pub(crate) fn stands(
    repository: &Repository,
    path: &Path,
    stored: &TreeEntry,
) -> Result<bool, GitError> {
    let file = repository.top().join(path);
    if !fs::symlink_metadata(&file).is_ok_and(|meta| stored.is_like(&meta)) {
        return Ok(false);
    }
    let Ok(found) = fs::read(&file) else {
        return Ok(false);
    };
    let stored = repository.objects().read(&stored.object)?;
    Ok(stored.is_some_and(|it| it.kind == ObjectKind::Blob && it.bytes == found))
}
