//! Reading where HEAD points from the files in which git keeps it.
//!
//! HEAD is asked for at every border, and a read costs a hundredth of a git.
//! Only the plain cases are read here: a branch whose reference is a file or
//! packed, or a detached HEAD. Whatever else is found is git's to answer.

use std::fs;
use std::io;
use std::path::Path;

use piton_durable::{DiskRead, RealDisk};

use crate::{CommitId, Tip};

/// Returns where HEAD points, or `None` when git has to be asked.
pub(crate) fn read(git_dir: &Path, common: &Path) -> Option<Tip> {
    let head = text(&git_dir.join("HEAD"))??;
    let Some(name) = head.strip_prefix("ref: ") else {
        return Some(Tip {
            reference: None,
            commit: Some(head.parse().ok()?),
        });
    };
    let tables = RealDisk.stat(&common.join("reftable"));
    if !name.starts_with("refs/heads/") || !matches!(tables, Ok(None)) {
        return None;
    }
    // A loose reference goes before a packed one, and git writes the packed
    // ones before it removes the loose.
    let commit = match text(&common.join(name))? {
        Some(found) => Some(found.parse().ok()?),
        None => packed(common, name)?,
    };
    Some(Tip {
        reference: Some(name.to_owned()),
        commit,
    })
}

/// Returns a small file's text without its line break; the inner `None` means
/// that it is not there, the outer one that it cannot be read.
#[expect(clippy::option_option, reason = "missing and unreadable differ here")]
fn text(path: &Path) -> Option<Option<String>> {
    const LONGEST: u64 = 4096;
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(None),
        Ok(meta) if meta.is_file() && meta.len() <= LONGEST => {}
        _ => return None,
    }
    match fs::read_to_string(path) {
        Ok(text) => Some(Some(text.trim_end().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(None),
        Err(_) => None,
    }
}

#[expect(clippy::option_option, reason = "missing and unreadable differ here")]
fn packed(common: &Path, name: &str) -> Option<Option<CommitId>> {
    let text = match fs::read_to_string(common.join("packed-refs")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(None),
        Err(_) => return None,
    };
    let line = text.lines().find_map(|line| {
        let (id, of) = line.split_once(' ')?;
        (of == name).then_some(id)
    });
    match line {
        Some(id) => Some(Some(id.parse().ok()?)),
        None => Some(None),
    }
}
