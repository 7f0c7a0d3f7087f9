//! Deciding about one file that is piton's own to write.

use std::path::Path;

use piton_durable::DiskRead;
use piton_plan::Digest;
use piton_plan::files::{Content, FileOp, How, RepoPath, Was};

use crate::error::CommandError;

/// What people may read and the owner may write.
pub(crate) const NEW_FILE_MODE: u32 = 0o644;

/// Returns the bytes of a file, or `None` where there is none.
pub(crate) fn read(disk: &dyn DiskRead, path: &Path) -> Result<Option<Vec<u8>>, CommandError> {
    let could_not =
        |error| CommandError::failed(format!("could not read {}", path.display())).because(error);
    match disk.stat(path).map_err(could_not)? {
        None => Ok(None),
        Some(_) => disk.read(path).map(Some).map_err(could_not),
    }
}

/// Returns the operation that gives a file its content, if it has another. A
/// file that was read and edited is configured, not overwritten: what it said
/// is in the new content.
pub(crate) fn put(
    path: RepoPath,
    new: How,
    old: Option<&[u8]>,
    content: Content,
    why: &str,
) -> Option<FileOp> {
    if old.is_some() && old == content.known().as_deref() {
        return None;
    }
    Some(FileOp::Put {
        path,
        how: if old.is_some() { How::Configure } else { new },
        diff: old.and_then(|old| difference(old, &content)),
        content,
        mode: NEW_FILE_MODE,
        was: old.map_or(Was::Absent, |old| Was::File(Digest::of(old))),
        conflict: None,
        why: why.to_owned(),
    })
}

fn difference(old: &[u8], new: &Content) -> Option<String> {
    let old = std::str::from_utf8(old).ok()?;
    let new = String::from_utf8(new.known()?).ok()?;
    Some(
        similar::TextDiff::from_lines(old, &new)
            .unified_diff()
            .to_string(),
    )
}
