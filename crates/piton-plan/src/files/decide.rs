//! From wanted files to a plan.

use std::path::Path;
use std::time::SystemTime;

use piton_durable::DiskRead;
use similar::TextDiff;

use crate::conflict::ConflictMode;
use crate::failure::Failure;
use crate::files::content::Content;
use crate::files::look::{Found, look};
use crate::files::operation::{BESIDE, FileOp, How, KEEP, OVERWRITE, Was};
use crate::input::{Input, InputKind, Otherwise};
use piton_base::{Digest, RepoPath};

/// Longer files are not compared line by line for people.
const MOST_SHOWN: usize = 64 * 1024;

/// The last number that a renamed file may get.
const LAST_NUMBER: u16 = 999;

/// A file as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub path: RepoPath,
    pub content: Content,
    pub mode: u32,
    /// The word for it where the file is new.
    pub how: How,
    /// When the source was changed, for the mode that asks which is newer.
    pub modified: Option<SystemTime>,
    pub why: String,
}

/// Why no plan can be made for a file. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    #[error("{path}: {what} is in the way")]
    Blocked { path: RepoPath, what: String },
    #[error("{path} exists and differs")]
    Conflict { path: RepoPath },
    #[error("{path} exists and differs, and so do all its numbered names up to {LAST_NUMBER}")]
    NoNameLeft { path: RepoPath },
    #[error("{path}: {source}")]
    Look { path: RepoPath, source: Failure },
}

impl DecideError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Blocked { .. } => Some("move it, then try again"),
            Self::Conflict { .. } => Some("say what to do with `--on-conflict`"),
            Self::NoNameLeft { .. } => Some("remove what is no longer needed, then try again"),
            Self::Look { .. } => None,
        }
    }
}

/// The question about a file that differs.
pub fn ask_about() -> Input {
    Input {
        question: "it differs".to_owned(),
        flag: "--force".to_owned(),
        kind: InputKind::Choice([KEEP, OVERWRITE, BESIDE].map(str::to_owned).to_vec()),
        otherwise: Otherwise::Skip,
    }
}

/// Decides about one file.
pub fn decide(
    disk: &dyn DiskRead,
    root: &Path,
    wanted: &Wanted,
    mode: ConflictMode,
) -> Result<FileOp, DecideError> {
    let path = wanted.path.clone();
    match found(disk, root, &path)? {
        Found::Absent => Ok(put(wanted, path, wanted.how, None, &wanted.why, None)),
        Found::Blocked { what } => Err(DecideError::Blocked { path, what }),
        // Where a piece is not known yet, no file can be identical to the whole.
        Found::File { bytes, .. } if Some(&bytes) == wanted.content.known().as_ref() => {
            Ok(keep(path, &bytes, None, "identical"))
        }
        Found::File {
            bytes, modified, ..
        } => settle(disk, root, wanted, mode, (&bytes, modified)),
    }
}

fn found(disk: &dyn DiskRead, root: &Path, path: &RepoPath) -> Result<Found, DecideError> {
    look(disk, root, path).map_err(|source| DecideError::Look {
        path: path.clone(),
        source,
    })
}

/// Decides about a file that exists and differs.
fn settle(
    disk: &dyn DiskRead,
    root: &Path,
    wanted: &Wanted,
    mode: ConflictMode,
    (old, modified): (&[u8], Option<SystemTime>),
) -> Result<FileOp, DecideError> {
    let path = &wanted.path;
    let known = wanted.content.known();
    let new = known.as_deref().unwrap_or_default();
    let differs = if known.is_some() && same_but_for_line_endings(old, new) {
        "differs only in line endings"
    } else {
        "differs"
    };
    let replace = |how, why: &str| put(wanted, path.clone(), how, Some(mode), why, Some(old));
    let kept = |why: &str| keep(path.clone(), old, Some(ConflictMode::Skip), why);
    Ok(match mode {
        ConflictMode::Skip => kept(&format!("{differs}, kept")),
        ConflictMode::Overwrite => replace(How::Overwrite, &format!("{differs}, {}", wanted.why)),
        ConflictMode::Ask => {
            let mut operation = replace(How::Ask, differs);
            if let FileOp::Put { beside, .. } = &mut operation {
                let free = |path, found| (found == Found::Absent).then_some(path);
                *beside = first_numbered(disk, root, path, free)?;
            }
            operation
        }
        ConflictMode::Fail => return Err(DecideError::Conflict { path: path.clone() }),
        ConflictMode::Newer => match (wanted.modified, modified) {
            (Some(source), Some(dest)) if source > dest => {
                replace(How::Overwrite, &format!("{differs}, the source is newer"))
            }
            _ => kept(&format!("{differs}, the source is not newer")),
        },
        ConflictMode::Larger if new.len() > old.len() => {
            replace(How::Overwrite, &format!("{differs}, the source is larger"))
        }
        ConflictMode::Larger => kept(&format!("{differs}, the source is not larger")),
        ConflictMode::Rename => {
            let settled = |path: RepoPath, found| match found {
                Found::Absent => {
                    let why = format!("beside {}, which differs", wanted.path);
                    Some(put(wanted, path, How::Copy, Some(mode), &why, None))
                }
                // It was put there before.
                Found::File { bytes, .. } if Some(&bytes) == known.as_ref() => {
                    Some(kept(&format!("differs, and {path} has the new content")))
                }
                Found::File { .. } | Found::Blocked { .. } => None,
            };
            first_numbered(disk, root, path, settled)?
                .ok_or_else(|| DecideError::NoNameLeft { path: path.clone() })?
        }
    })
}

/// Goes through the numbered names beside a file, up to the first that will do.
fn first_numbered<T>(
    disk: &dyn DiskRead,
    root: &Path,
    path: &RepoPath,
    take: impl Fn(RepoPath, Found) -> Option<T>,
) -> Result<Option<T>, DecideError> {
    for number in 1..=LAST_NUMBER {
        let path = path.numbered(number);
        let there = found(disk, root, &path)?;
        if let Some(taken) = take(path, there) {
            return Ok(Some(taken));
        }
    }
    Ok(None)
}

fn put(
    wanted: &Wanted,
    path: RepoPath,
    how: How,
    conflict: Option<ConflictMode>,
    why: &str,
    old: Option<&[u8]>,
) -> FileOp {
    FileOp::Put {
        how,
        content: wanted.content.clone(),
        mode: wanted.mode,
        was: old.map_or(Was::Absent, |old| Was::File(Digest::of(old))),
        conflict,
        why: why.to_owned(),
        beside: None,
        diff: old.and_then(|old| difference(&path, old, &wanted.content)),
        path,
    }
}

fn keep(path: RepoPath, old: &[u8], conflict: Option<ConflictMode>, why: &str) -> FileOp {
    FileOp::Keep {
        path,
        was: Digest::of(old),
        conflict,
        why: why.to_owned(),
    }
}

fn same_but_for_line_endings(a: &[u8], b: &[u8]) -> bool {
    let plain = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        Some(text.replace("\r\n", "\n").replace('\r', "\n"))
    };
    plain(a).is_some_and(|a| Some(a) == plain(b))
}

/// Returns the difference of two texts that are not too long.
fn difference(path: &RepoPath, old: &[u8], content: &Content) -> Option<String> {
    let old = std::str::from_utf8(old).ok()?;
    let new = content.shown();
    if old.len() + new.len() > MOST_SHOWN || matches!(content, Content::Hex(_)) {
        return None;
    }
    let diff = TextDiff::from_lines(old, new.as_str());
    let mut diff = diff.unified_diff();
    Some(diff.header(path.as_str(), path.as_str()).to_string())
}
