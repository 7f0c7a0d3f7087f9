//! Taking a migration from where it is: out of the way, or to another place.

use std::path::Path;

use piton_base::RepoPath;
use piton_migration::contents::Contents;
use piton_migration::operation::{CommitPath, MigrationOp, SetAside};
use piton_migration::slug::Slug;
use piton_plan::files::Content;
use piton_plan::{Draft, Plan, PlanBuilder};

use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::operation::Op;
use crate::operation::files::put;
use crate::planning;

/// Refuses it while a commit does not belong here, or with changes that are in
/// none.
pub(super) fn refuse_unfit(place: &Place, slug: &Slug, verb: &str) -> Result<(), CommandError> {
    let what = format!("{verb} {slug}");
    planning::refuse_under_way(place, &what)?;
    planning::refuse_links(place, slug, &what)?;
    planning::refuse_dirty(place, slug, &what)
}

/// Decides a move: every file in the new place, then the old one out of the
/// way, then the commit of both. `changed` says what the files become.
pub(super) fn plan(
    context: &Context,
    place: &Place,
    command: String,
    (from, to): (RepoPath, RepoPath),
    changed: Option<&Contents>,
    message: String,
) -> Result<Plan<Op>, CommandError> {
    let could_not = format!("could not read {from}; nothing was changed");
    if is_taken(context, &to.under(place.top()))? {
        return Err(
            CommandError::usage(format!("{to} already exists; nothing was changed")).hint(format!(
                "choose another name, or rename one of them: `piton migration rename {} NAME`",
                from.parts().next_back().unwrap_or_default()
            )),
        );
    }
    let contents = Contents::read(&context.disk, &from.under(place.top()))
        .or_failed(could_not.as_str())?
        .unwrap_or_default();
    let contents = changed.unwrap_or(&contents);
    let mut builder = PlanBuilder::new(command);
    let mut aside = Draft::new(set_aside(from.clone(), format!("it is in {to} now")));
    for path in contents.paths() {
        let bytes = contents.get(path).unwrap_or_default().to_vec();
        let target = to.join(path).or_failed(could_not.as_str())?;
        let (at, why) = ((&context.disk as _, place.top()), format!("from {from}"));
        if let Some(file) = put(at, target, Content::of(bytes), &why)? {
            aside = aside.needs(&builder.add(Op::File(file)));
        }
    }
    let moved = builder.add_draft(aside);
    builder.add_draft(Draft::new(commit(to, vec![from], message)).needs(&moved));
    Ok(builder.build()?)
}

/// Whether anything is there. A move that failed may have left directories with
/// no file in them, and git keeps none of these.
fn is_taken(context: &Context, path: &Path) -> Result<bool, CommandError> {
    if !context.disk_has(path)? {
        return Ok(false);
    }
    let found = Contents::read(&context.disk, path);
    Ok(!found.is_ok_and(|found| found.is_none_or(|files| files.paths().next().is_none())))
}

/// Returns the message of a commit that does what a person asked for.
pub(super) fn message(place: &Place, what: &str, why: &str) -> String {
    let prefix = place.settings.commit_prefix();
    piton_loop::commit::message(&format!("{prefix}: {what}"), why, None)
}

pub(super) fn set_aside(path: RepoPath, why: impl Into<String>) -> Op {
    let why = why.into();
    MigrationOp::SetAside(SetAside { path, why }).into()
}

pub(super) fn commit(path: RepoPath, also: Vec<RepoPath>, message: String) -> Op {
    MigrationOp::Commit(CommitPath {
        path,
        also,
        message,
    })
    .into()
}
