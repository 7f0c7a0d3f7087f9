//! How a file differs from the one that is wanted.

use std::path::Path;
use std::time::SystemTime;

use piton_durable::DiskRead;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::files::look::{Found, look};
use piton_base::{Digest, RepoPath};

/// How two files stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileCategory {
    Identical,
    /// Both exist and differ.
    Conflict,
    SourceOnly,
    DestOnly,
    /// What is in the way is no regular file.
    Blocked,
}

/// How closely files are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// By content.
    #[default]
    Full,
    /// Files of one size and one time of change count as identical.
    Quick,
}

/// What is known of one side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    pub size: u64,
    pub modified: Option<SystemTime>,
    /// Missing where a quick comparison did without.
    pub digest: Option<Digest>,
}

/// What comparing gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub path: RepoPath,
    pub category: FileCategory,
    pub source: Option<Side>,
    pub dest: Option<Side>,
    /// They would be identical with the same line endings.
    pub only_line_endings: bool,
    /// What is in the way, in words.
    pub blocked: Option<String>,
    /// The destination, for those who go on from here.
    pub(super) found: Found,
}

/// Compares wanted bytes with what stands at a path. The bytes are those that
/// would be written, after everything was filled in.
pub fn compare(
    disk: &dyn DiskRead,
    root: &Path,
    path: &RepoPath,
    wanted: Option<(&[u8], Option<SystemTime>)>,
    depth: Depth,
) -> Result<Comparison, Failure> {
    let found = look(disk, root, path)?;
    let quick = match (&found, wanted, depth) {
        (
            Found::File {
                bytes, modified, ..
            },
            Some((source, time)),
            Depth::Quick,
        ) => time.is_some() && *modified == time && bytes.len() == source.len(),
        (Found::File { .. } | Found::Absent | Found::Blocked { .. }, _, _) => false,
    };
    let side = |bytes: &[u8], modified| Side {
        size: bytes.len() as u64,
        modified,
        digest: (!quick).then(|| Digest::of(bytes)),
    };
    let source = wanted.map(|(bytes, modified)| side(bytes, modified));
    let (category, dest, blocked, only_line_endings) = match (&found, wanted) {
        (Found::Absent, _) => (FileCategory::SourceOnly, None, None, false),
        (Found::Blocked { what }, _) => (FileCategory::Blocked, None, Some(what.clone()), false),
        (
            Found::File {
                bytes, modified, ..
            },
            None,
        ) => (
            FileCategory::DestOnly,
            Some(side(bytes, *modified)),
            None,
            false,
        ),
        (
            Found::File {
                bytes, modified, ..
            },
            Some((wanted, _)),
        ) => {
            let dest = Some(side(bytes, *modified));
            if quick || bytes == wanted {
                (FileCategory::Identical, dest, None, false)
            } else {
                let alike = same_but_for_line_endings(bytes, wanted);
                (FileCategory::Conflict, dest, None, alike)
            }
        }
    };
    Ok(Comparison {
        path: path.clone(),
        category,
        source,
        dest,
        only_line_endings,
        blocked,
        found,
    })
}

fn same_but_for_line_endings(a: &[u8], b: &[u8]) -> bool {
    let plain = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        Some(text.replace("\r\n", "\n").replace('\r', "\n"))
    };
    plain(a).is_some_and(|a| Some(a) == plain(b))
}
