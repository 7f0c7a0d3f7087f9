//! `piton migration doctor --repair`: a plan that repairs what can be repaired.

use std::path::Path;

use piton_durable::Kind;
use piton_git::GitRead;
use piton_migration::consistency::examine_transactions;
use piton_migration::live::LiveDir;
use piton_migration::operation::{MigrationOp, Recover};
use piton_migration::publish::Leftovers;
use piton_migration::repair::{self, Action, Repairs};
use piton_migration::slug::Slug;
use piton_plan::files::{Content, How};
use piton_plan::{Draft, Handle, PlanBuilder};

use super::moved;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult};
use crate::operation::Op;
use crate::operation::files::put_as;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::refuse_under_way;
use crate::world::Publishing;

pub(super) fn run(
    context: &Context,
    place: &Place,
    live: &LiveDir,
    args: &PlanArgs,
) -> CommandResult {
    if !args.changes_nothing() && place.repository.under_way()?.is_some() {
        // Locks of the dead go; a publish that waits for its commit says so
        // before anything is decided.
        context.recover(place, false)?;
    }
    let mut builder = PlanBuilder::new("migration doctor --repair");
    let first = transactions(context, place, live, &mut builder)?;
    let survey = repair::survey(&context.disk, live)?;
    let repairs = repair::decide(&survey);
    migrations(context, place, first.as_ref(), &repairs, &mut builder)?;
    for left in &repairs.left_alone {
        builder.warn(format!(
            "{}: {} is left to a person: {}",
            left.subject, left.code, left.advice
        ));
    }
    let plan = builder.build()?;
    if !plan.has_changes() && repairs.left_alone.is_empty() {
        context
            .out
            .note(Channel::General, Level::INFO, "every migration is sound");
    }
    context.site(place).carry_out(args, &plan)
}

/// Adds what is to be done about interrupted publishes.
fn transactions(
    context: &Context,
    place: &Place,
    live: &LiveDir,
    builder: &mut PlanBuilder<Op>,
) -> Result<Option<Handle>, CommandError> {
    let kind = live.contents(&context.disk)?.transactions;
    if let Some(Kind::File | Kind::Symlink | Kind::Other) = kind {
        let path = place.repo_path(&live.transactions())?;
        let why = "its name belongs to the directory that publishes work in";
        return Ok(Some(builder.add(moved::set_aside(path, why))));
    }
    if !Publishing::new(&place.repository, live.clone()).is_anything_left() {
        return Ok(None);
    }
    let found = kind
        .map(|kind| examine_transactions(&context.disk, live, kind))
        .unwrap_or_default()
        .iter()
        .map(|finding| format!("{}: {}", finding.code, finding.message))
        .collect();
    Ok(Some(
        builder.add(Op::from(MigrationOp::Recover(Recover { found }))),
    ))
}

/// Adds what is to be done about each migration. What was clean before is
/// committed afterwards, so that no later publish is refused for it.
fn migrations(
    context: &Context,
    place: &Place,
    first: Option<&Handle>,
    repairs: &Repairs,
    builder: &mut PlanBuilder<Op>,
) -> Result<(), CommandError> {
    let mut mended: Vec<(Slug, Vec<Handle>, Vec<String>)> = Vec::new();
    for repair in &repairs.repairs {
        let (slug, op) = match &repair.action {
            Action::Write { slug, path, bytes } => {
                let path = place.repo_path(path)?;
                let at = (&context.disk as _, place.top());
                let content = Content::of(bytes.clone());
                let file = put_as(How::Write, at, path, content, &repair.why)?;
                (slug, file.map(Op::File))
            }
            Action::SetAside { slug, path } => {
                let path = place.repo_path(path)?;
                (slug, Some(moved::set_aside(path, &*repair.why)))
            }
        };
        let Some(op) = op else { continue };
        let draft = first
            .iter()
            .fold(Draft::new(op), |draft, first| draft.after(first));
        let handle = builder.add_draft(draft);
        match mended.iter_mut().find(|(known, _, _)| known == slug) {
            Some((_, handles, whys)) => {
                handles.push(handle);
                whys.push(repair.why.clone());
            }
            None => mended.push((slug.clone(), vec![handle], vec![repair.why.clone()])),
        }
    }
    for (slug, handles, whys) in mended {
        let path = place.path_of(&slug)?;
        let at = Path::new(path.as_str());
        let has_changes = || (place.repository.status(&[at], true)).map(|them| !them.is_empty());
        // A file that git cannot open counts as changed. What passes at a second
        // look must not leave the repair uncommitted.
        if has_changes()? && has_changes()? {
            builder.warn(format!(
                "{slug} has changes that are not committed; commit the repair with them"
            ));
            continue;
        }
        refuse_under_way(place, &format!("mend {slug}"))?;
        let message = moved::message(place, &format!("repair {slug}"), &whys.join("\n"));
        let draft = Draft::new(moved::commit(path, Vec::new(), message));
        builder.add_draft(handles.iter().fold(draft, Draft::needs));
    }
    Ok(())
}
