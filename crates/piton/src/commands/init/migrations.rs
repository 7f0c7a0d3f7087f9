//! Where live migrations are.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::atomic::is_leftover;
use piton_durable::{DiskRead, Kind};
use piton_git::GitRead;
use piton_migration::live::LiveDir;
use piton_migration::operation::{InTheWay, MigrationOp, MoveDir, Rewrite};
use piton_migration::planning::PlanningState;
use piton_plan::files::Content;
use piton_plan::{Draft, Handle, Input, InputKind, Otherwise, PlanBuilder};

use super::places::Wish;
use crate::error::{Attempt as _, CommandError, ErrorKind};
use crate::operation::Op;
use crate::operation::files::put;

/// Git keeps no empty directories.
const KEEP: &str = ".gitkeep";

pub(super) fn decide(
    builder: &mut PlanBuilder<Op>,
    (disk, git): (&dyn DiskRead, &dyn GitRead),
    top: &Path,
    wish: &Wish,
) -> Result<Option<Handle>, CommandError> {
    let there = kind(disk, &wish.wanted.under(top))?;
    if there.is_some_and(|kind| kind != Kind::Dir) {
        return Err(CommandError::usage(format!(
            "could not put migrations into {}: it is not a directory",
            wish.wanted
        ))
        .hint("name another one with --migrations-dir"));
    }
    let Some(from) = left(disk, top, wish)? else {
        // An empty one is what a kill leaves of making it.
        let made = there.is_some() && entries(disk, &wish.wanted.under(top))? > 0;
        return if made {
            Ok(None)
        } else {
            create(builder, (disk, top), &wish.wanted)
        };
    };
    refuse_move(git, from, &wish.wanted)?;
    let in_the_way = match there {
        None => InTheWay::Nothing,
        Some(_) if entries(disk, &wish.wanted.under(top))? == 0 => InTheWay::EmptyDir,
        Some(_) => InTheWay::Dir,
    };
    let draft = Draft::new(Op::from(MigrationOp::Move(MoveDir {
        from: from.clone(),
        to: wish.wanted.clone(),
        rewrites: rewrites(builder, disk, top, from, &wish.wanted)?,
        in_the_way,
    })));
    let draft = if in_the_way == InTheWay::Dir && !wish.force {
        draft.input(Input {
            question: format!(
                "{} is taken; set it aside and put {from} there?",
                wish.wanted
            ),
            flag: "--force".into(),
            kind: InputKind::Confirm,
            otherwise: Otherwise::Fail,
        })
    } else {
        draft
    };
    Ok(Some(builder.add_draft(draft)))
}

/// Returns the directory that the migrations leave, if there is one.
fn left<'a>(
    disk: &dyn DiskRead,
    top: &Path,
    wish: &'a Wish,
) -> Result<Option<&'a RepoPath>, CommandError> {
    let before = wish.before.as_ref();
    let Some(before) = before.filter(|before| **before != wish.wanted) else {
        return Ok(None);
    };
    match kind(disk, &before.under(top))? {
        Some(Kind::Dir) => Ok(Some(before)),
        // Migrations would stay behind it, and nobody look for them there.
        Some(Kind::Symlink) => Err(CommandError::usage(format!(
            "could not move {before}: it is a link; nothing was changed"
        ))
        .hint("put the directory in its place, or set `migrations-dir` to where it is")),
        Some(Kind::File | Kind::Other) | None => Ok(None),
    }
}

/// Refuses a move that cannot be made, or that would not last.
fn refuse_move(git: &dyn GitRead, from: &RepoPath, to: &RepoPath) -> Result<(), CommandError> {
    if inside(to, from) || inside(from, to) {
        return Err(CommandError::usage(format!(
            "could not move {from} to {to}: one lies inside the other"
        ))
        .hint("move it to a third place first"));
    }
    let Some(begun) = git.under_way()? else {
        return Ok(());
    };
    Err(CommandError::new(
        ErrorKind::NeedsPerson,
        format!("could not move {from}; nothing was changed"),
    )
    .with_source(format!(
        "{begun} is under way, and giving it up would bring back what was moved"
    ))
    .hint(begun.way_out()))
}

fn create(
    builder: &mut PlanBuilder<Op>,
    (disk, top): (&dyn DiskRead, &Path),
    wanted: &RepoPath,
) -> Result<Option<Handle>, CommandError> {
    let path = wanted.join(KEEP).or_usage("could not name the directory")?;
    let text = Content::Text(String::new());
    let why = "the migrations directory, empty";
    let put = put((disk, top), path, text, why)?;
    Ok(put.map(|op| builder.add(Op::File(op))))
}

/// Returns the planning states that name the old place, rewritten. One that
/// cannot be read is left as it is: `doctor` tells what is wrong with it.
fn rewrites(
    builder: &mut PlanBuilder<Op>,
    disk: &dyn DiskRead,
    top: &Path,
    from: &RepoPath,
    to: &RepoPath,
) -> Result<Vec<Rewrite>, CommandError> {
    let (old, new) = (
        LiveDir::new(top, from.as_str()),
        LiveDir::new(top, to.as_str()),
    );
    let contents = old.contents(disk)?;
    let mut rewrites = Vec::new();
    for slug in &contents.slugs {
        let path = format!("{slug}/.planning/state.json");
        let file = old.path().join(&path);
        let bytes = match disk.read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.may_pass() => return Err(error.into()),
            Err(_) => continue,
        };
        let state = match PlanningState::decode(&bytes) {
            Ok(state) => state,
            Err(error) => {
                builder.warn(format!(
                    "{from}/{path} cannot be read and is moved as it is: {error}"
                ));
                continue;
            }
        };
        let content = state.rehomed(&new.home(slug)).encode();
        let (Ok(path), Ok(content)) = (path.parse(), String::from_utf8(content)) else {
            continue;
        };
        if content.as_bytes() != bytes {
            rewrites.push(Rewrite { path, content });
        }
    }
    Ok(rewrites)
}

fn kind(disk: &dyn DiskRead, path: &Path) -> Result<Option<Kind>, CommandError> {
    disk.stat(path)
        .map(|stat| stat.map(|stat| stat.kind))
        .or_failed(format!("could not look at {}", path.display()))
}

fn entries(disk: &dyn DiskRead, path: &Path) -> Result<usize, CommandError> {
    // What an interrupted write left does not count.
    let entries = disk.list(path)?;
    let counting = entries.iter().filter(|entry| !is_leftover(&entry.name));
    Ok(counting.count())
}

fn inside(inner: &RepoPath, outer: &RepoPath) -> bool {
    inner
        .as_str()
        .strip_prefix(outer.as_str())
        .is_some_and(|rest| rest.starts_with('/'))
}
