//! Where the team's taste is, and what it says at first.

use std::path::Path;

use piton_base::{Digest, RepoPath};
use piton_durable::DiskRead;
use piton_plan::files::{Content, FileOp, How, Was};
use piton_plan::{ConflictMode, Draft, Handle, Input, InputKind, Otherwise, PlanBuilder};

use super::places::Wish;
use crate::error::CommandError;
use crate::operation::Op;
use crate::operation::files::{NEW_FILE_MODE, put, read};

pub(super) fn decide(
    builder: &mut PlanBuilder<Op>,
    disk: &dyn DiskRead,
    top: &Path,
    wish: &Wish,
    elsewhere: Option<&Path>,
) -> Result<Option<Handle>, CommandError> {
    let there = read(disk, &wish.wanted.under(top))?;
    let moved = match &wish.before {
        Some(before) if *before != wish.wanted => {
            read(disk, &before.under(top))?.map(|bytes| (before, bytes))
        }
        Some(_) | None => None,
    };
    Ok(match (moved, there) {
        (Some((from, bytes)), None) => {
            let was = Digest::of(&bytes);
            let (from, to) = (from.clone(), wish.wanted.clone());
            Some(builder.add(Op::File(FileOp::Move {
                from,
                to,
                was,
                why: "the team's taste".into(),
            })))
        }
        // Killed between the two halves of a move, or the same from the start.
        (Some((from, bytes)), Some(occupied)) if bytes == occupied => {
            Some(builder.add(Op::File(gone(from, &bytes, &wish.wanted))))
        }
        (Some((from, bytes)), Some(occupied)) => {
            let replaced = builder.add_draft(replace(wish, from, &bytes, &occupied));
            let delete = gone(from, &bytes, &wish.wanted);
            Some(builder.add_draft(Draft::new(Op::File(delete)).needs(&replaced)))
        }
        (None, Some(_)) => None,
        (None, None) => {
            let (text, why) = first_taste(disk, elsewhere)?;
            let put = put((disk, top), wish.wanted.clone(), text, why)?;
            put.map(|op| builder.add(Op::File(op)))
        }
    })
}

/// Puts the taste in the place of another file, if the user wants that.
fn replace(wish: &Wish, from: &RepoPath, bytes: &[u8], occupied: &[u8]) -> Draft<Op> {
    let (how, mode) = if wish.force {
        (How::Overwrite, ConflictMode::Overwrite)
    } else {
        (How::Ask, ConflictMode::Ask)
    };
    let replace = Draft::new(Op::File(FileOp::Put {
        path: wish.wanted.clone(),
        how,
        content: Content::of(bytes.to_vec()),
        mode: NEW_FILE_MODE,
        was: Was::File(Digest::of(occupied)),
        conflict: Some(mode),
        why: format!("by the taste of {from}; a copy of the old one is kept"),
        beside: None,
        diff: None,
    }));
    if wish.force {
        return replace;
    }
    replace.input(Input {
        question: format!("{} is taken; replace it by {from}?", wish.wanted),
        flag: "--force".into(),
        kind: InputKind::Confirm,
        otherwise: Otherwise::Fail,
    })
}

/// Returns what the taste says at first, and why.
fn first_taste(
    disk: &dyn DiskRead,
    elsewhere: Option<&Path>,
) -> Result<(Content, &'static str), CommandError> {
    let taken_over = elsewhere
        .map(|path| read(disk, path))
        .transpose()?
        .flatten();
    Ok(match taken_over {
        Some(bytes) => (
            Content::of(bytes),
            "the team's taste, as continuous-refactoring had it",
        ),
        None => (
            Content::Text(piton_loop::taste::DEFAULT_TASTE.to_owned()),
            "the team's taste, to be made your own",
        ),
    })
}

fn gone(from: &RepoPath, bytes: &[u8], wanted: &RepoPath) -> FileOp {
    FileOp::Delete {
        path: from.clone(),
        was: Digest::of(bytes),
        why: format!("its content is in {wanted} now"),
    }
}
