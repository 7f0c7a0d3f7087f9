//! From wanted files to a plan.

use std::path::Path;
use std::time::SystemTime;

use piton_durable::DiskRead;
use similar::TextDiff;

use crate::builder::{Draft, Handle, PlanBuilder};
use crate::conflict::ConflictMode;
use crate::failure::Failure;
use crate::files::compare::{Comparison, Depth, FileCategory, compare};
use crate::files::content::Content;
use crate::files::look::{Found, look};
use crate::files::operation::{BESIDE, FileOp, How, KEEP, OVERWRITE, Was};
use crate::input::{Input, InputKind, Otherwise};
use crate::operation::Operation;
use piton_base::{Digest, RepoPath};

/// Longer files are not compared line by line for people.
const MOST_SHOWN: usize = 64 * 1024;

/// The last number that a renamed file may get.
const LAST_NUMBER: u16 = 999;

/// A file as it shall be.
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
    #[error("{path}: {what} is in the way; move it, then try again")]
    Blocked { path: RepoPath, what: String },
    #[error("{path} exists and differs; use `--on-conflict` to say what to do")]
    Conflict { path: RepoPath },
    #[error("{path} exists and differs, and so do all its numbered names up to {LAST_NUMBER}")]
    NoNameLeft { path: RepoPath },
    #[error("{path}: {source}")]
    Look { path: RepoPath, source: Failure },
}

/// Decides about each file, and adds what was decided to a plan. Everything
/// that is wrong is told at once.
pub fn plan_files<O: Operation + From<FileOp>>(
    builder: &mut PlanBuilder<O>,
    disk: &dyn DiskRead,
    root: &Path,
    wanted: &[Wanted],
    mode: ConflictMode,
) -> Result<Vec<Handle>, Vec<DecideError>> {
    let mut decided = Vec::with_capacity(wanted.len());
    let mut errors = Vec::new();
    for wanted in wanted {
        match decide(disk, root, wanted, mode) {
            Ok(operation) => decided.push(operation),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let add = |operation: FileOp| {
        let input = match &operation {
            FileOp::Put {
                how: How::Ask,
                path,
                ..
            } => Some(Input {
                question: format!("{path} differs"),
                ..ask_about()
            }),
            FileOp::Put { .. }
            | FileOp::Move { .. }
            | FileOp::Delete { .. }
            | FileOp::Keep { .. }
            | FileOp::Outside(_) => None,
        };
        let mut draft = Draft::new(O::from(operation));
        if let Some(input) = input {
            draft = draft.input(input);
        }
        builder.add_draft(draft)
    };
    Ok(decided.into_iter().map(add).collect())
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
    let path = &wanted.path;
    let looked = |source| DecideError::Look {
        path: path.clone(),
        source,
    };
    // Where a piece is not known yet, no file can be identical to the whole.
    let known = wanted.content.known();
    let bytes = known.as_deref().unwrap_or_default();
    let source = Some((bytes, wanted.modified));
    let mut compared = compare(disk, root, path, source, Depth::Full).map_err(looked)?;
    if known.is_none() && compared.category == FileCategory::Identical {
        compared.category = FileCategory::Conflict;
    }
    match compared.category {
        FileCategory::SourceOnly => Ok(put(wanted, path.clone(), wanted.how, None, &wanted.why)),
        FileCategory::Identical => Ok(keep(&compared, path, None, "identical")),
        FileCategory::Blocked => Err(DecideError::Blocked {
            path: path.clone(),
            what: compared.blocked.unwrap_or_default(),
        }),
        FileCategory::Conflict | FileCategory::DestOnly => {
            settle(disk, root, wanted, mode, &compared)
        }
    }
}

fn settle(
    disk: &dyn DiskRead,
    root: &Path,
    wanted: &Wanted,
    mode: ConflictMode,
    compared: &Comparison,
) -> Result<FileOp, DecideError> {
    let path = &wanted.path;
    let old = match &compared.found {
        Found::File { bytes, .. } => bytes.as_slice(),
        Found::Absent | Found::Blocked { .. } => &[],
    };
    let differs = if compared.only_line_endings {
        "differs only in line endings"
    } else {
        "differs"
    };
    let replace = |how, why: &str| {
        let mut operation = put(wanted, path.clone(), how, Some(mode), why);
        if let FileOp::Put { was, diff, .. } = &mut operation {
            *was = Was::File(Digest::of(old));
            *diff = difference(path, old, &wanted.content);
        }
        operation
    };
    let kept = |why: &str| keep(compared, path, Some(ConflictMode::Skip), why);
    let both = |of: fn(&crate::files::Side) -> Option<SystemTime>| {
        (
            compared.source.as_ref().and_then(of),
            compared.dest.as_ref().and_then(of),
        )
    };
    Ok(match mode {
        ConflictMode::Skip => kept(&format!("{differs}, kept")),
        ConflictMode::Overwrite => replace(How::Overwrite, &format!("{differs}, {}", wanted.why)),
        ConflictMode::Ask => {
            let mut operation = replace(How::Ask, differs);
            if let FileOp::Put { beside, .. } = &mut operation {
                *beside = free(disk, root, path)?;
            }
            operation
        }
        ConflictMode::Fail => return Err(DecideError::Conflict { path: path.clone() }),
        ConflictMode::Newer => match both(|side| side.modified) {
            (Some(source), Some(dest)) if source > dest => {
                replace(How::Overwrite, &format!("{differs}, the source is newer"))
            }
            _ => kept(&format!("{differs}, the source is not newer")),
        },
        ConflictMode::Larger => {
            let size = |side: &Option<crate::files::Side>| side.map_or(0, |side| side.size);
            if size(&compared.source) > size(&compared.dest) {
                replace(How::Overwrite, &format!("{differs}, the source is larger"))
            } else {
                kept(&format!("{differs}, the source is not larger"))
            }
        }
        ConflictMode::Rename => return rename(disk, root, wanted, compared),
    })
}

/// Puts the file beside the one in the way. A numbered file that has the very
/// content already is the one that was put there before.
fn rename(
    disk: &dyn DiskRead,
    root: &Path,
    wanted: &Wanted,
    compared: &Comparison,
) -> Result<FileOp, DecideError> {
    let known = wanted.content.known();
    for number in 1..=LAST_NUMBER {
        let path = wanted.path.numbered(number);
        let found = look(disk, root, &path).map_err(|source| DecideError::Look {
            path: path.clone(),
            source,
        })?;
        match found {
            Found::Absent => {
                let why = format!("beside {}, which differs", wanted.path);
                let mode = Some(ConflictMode::Rename);
                return Ok(put(wanted, path, How::Copy, mode, &why));
            }
            Found::File { bytes, .. } if Some(&bytes) == known.as_ref() => {
                let why = format!("differs, and {path} has the new content");
                let skip = Some(ConflictMode::Skip);
                return Ok(keep(compared, &wanted.path, skip, &why));
            }
            Found::File { .. } | Found::Blocked { .. } => {}
        }
    }
    Err(DecideError::NoNameLeft {
        path: wanted.path.clone(),
    })
}

/// Returns the first name beside a file that nothing has.
fn free(
    disk: &dyn DiskRead,
    root: &Path,
    path: &RepoPath,
) -> Result<Option<RepoPath>, DecideError> {
    for number in 1..=LAST_NUMBER {
        let path = path.numbered(number);
        match look(disk, root, &path) {
            Ok(Found::Absent) => return Ok(Some(path)),
            Ok(Found::File { .. } | Found::Blocked { .. }) => {}
            Err(source) => return Err(DecideError::Look { path, source }),
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
) -> FileOp {
    FileOp::Put {
        path,
        how,
        content: wanted.content.clone(),
        mode: wanted.mode,
        was: Was::Absent,
        conflict,
        why: why.to_owned(),
        beside: None,
        diff: None,
    }
}

fn keep(
    compared: &Comparison,
    path: &RepoPath,
    conflict: Option<ConflictMode>,
    why: &str,
) -> FileOp {
    let bytes = match &compared.found {
        Found::File { bytes, .. } => bytes.as_slice(),
        Found::Absent | Found::Blocked { .. } => &[],
    };
    FileOp::Keep {
        path: path.clone(),
        was: Digest::of(bytes),
        conflict,
        why: why.to_owned(),
    }
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
