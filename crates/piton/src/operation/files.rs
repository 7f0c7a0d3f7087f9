//! Deciding about one file that is piton's own to write.

use std::path::Path;

use piton_base::{Digest, RepoPath};
use piton_durable::DiskRead;
use piton_plan::files::{Content, FileOp, Found, How, Was, look};

use crate::error::{Attempt as _, CommandError};

/// What people may read and the owner may write.
pub(crate) const NEW_FILE_MODE: u32 = 0o644;

/// Returns the bytes of a file, or `None` where there is none.
pub(crate) fn read(disk: &dyn DiskRead, path: &Path) -> Result<Option<Vec<u8>>, CommandError> {
    Ok(match disk.stat(path)? {
        None => None,
        Some(_) => Some(disk.read(path)?),
    })
}

/// Returns the operation that gives a file its content, if it has another. A
/// file that was read and edited is configured, not overwritten: what it said
/// is in the new content.
pub(crate) fn put(
    at: (&dyn DiskRead, &Path),
    path: RepoPath,
    content: Content,
    why: &str,
) -> Result<Option<FileOp>, CommandError> {
    put_as(How::Create, at, path, content, why)
}

/// The same where making a new file has a name of its own.
pub(crate) fn put_as(
    new: How,
    (disk, root): (&dyn DiskRead, &Path),
    path: RepoPath,
    content: Content,
    why: &str,
) -> Result<Option<FileOp>, CommandError> {
    let found = look(disk, root, &path).or_failed(format!("could not look at {path}"))?;
    let old = match found {
        Found::Absent => None,
        Found::File { bytes, .. } => Some(bytes),
        Found::Blocked { what } => {
            return Err(CommandError::failed(format!(
                "could not write {path}: {what} is in the way"
            ))
            .hint("move it out of the way, then run the command again"));
        }
    };
    if old.is_some() && old == content.known() {
        return Ok(None);
    }
    let old = old.as_deref();
    Ok(Some(FileOp::Put {
        path,
        how: if old.is_some() { How::Configure } else { new },
        diff: old.and_then(|old| difference(old, &content)),
        content,
        mode: NEW_FILE_MODE,
        was: old.map_or(Was::Absent, |old| Was::File(Digest::of(old))),
        conflict: None,
        why: why.to_owned(),
        beside: None,
    }))
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
