//! What stands at a path of the repository, without following any link.

use std::path::Path;
use std::time::SystemTime;

use piton_durable::{DiskRead, Kind};

use crate::failure::Failure;
use crate::files::operation::Was;
use crate::summary::counted;
use piton_base::{Digest, RepoPath};

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Absent,
    File {
        bytes: Vec<u8>,
        mode: u32,
        modified: Option<SystemTime>,
    },
    /// Something else is in the way, there or on the way there.
    Blocked {
        what: String,
    },
}

impl Found {
    /// Returns it as a premise, where it can be one.
    pub(super) fn was(&self) -> Option<Was> {
        match self {
            Self::Absent => Some(Was::Absent),
            Self::File { bytes, .. } => Some(Was::File(Digest::of(bytes))),
            Self::Blocked { .. } => None,
        }
    }

    /// Returns it in words.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Absent => Was::Absent.to_string(),
            Self::File { bytes, .. } => format!(
                "{} ({})",
                Was::File(Digest::of(bytes)),
                counted(bytes.len(), "byte")
            ),
            Self::Blocked { what } => what.clone(),
        }
    }
}

/// Looks at a path. Whatever is not a directory on the way blocks it, links
/// above all: following one could lead out of the repository.
pub fn look(disk: &dyn DiskRead, root: &Path, path: &RepoPath) -> Result<Found, Failure> {
    let mut at = root.to_path_buf();
    let mut parts = path.parts().peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        let Some(stat) = disk.stat(&at)? else {
            return Ok(Found::Absent);
        };
        let last = parts.peek().is_none();
        let what = match (stat.kind, last) {
            (Kind::Dir, false) => continue,
            (Kind::File, true) => {
                let bytes = disk.read(&at)?;
                return Ok(Found::File {
                    bytes,
                    mode: stat.mode,
                    modified: stat.modified,
                });
            }
            (Kind::Dir, true) => "a directory",
            (Kind::File, false) => "a file",
            (Kind::Symlink, _) => "a symbolic link",
            (Kind::Other, _) => "a device, a socket or a pipe",
        };
        let at = at.strip_prefix(root).unwrap_or(&at);
        return Ok(Found::Blocked {
            what: format!("{what} at {}", at.display()),
        });
    }
    Ok(Found::Absent)
}
