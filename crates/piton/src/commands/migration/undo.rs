//! `piton migration undo`: takes the last accepted planning step back.

use std::path::PathBuf;

use clap::Args;
use piton_base::terminal::clean;
use piton_loop::planning::person;

use super::find::find;
use super::refusal::person_refusal;
use super::{proposed, standing};
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::planning_site;

/// Take back the last accepted planning step
///
/// What was accepted before it becomes the next commit; history stays, and so
/// does what the step cost. Once a phase has landed this is refused, and the
/// commits to revert are named.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration undo SLUG --dry-run\n  piton migration undo SLUG"
)]
pub(crate) struct UndoArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &UndoArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let site = planning_site(&place)?;
    let prefix = place.settings.commit_prefix();
    let undone = person::undo(&context.disk, &place.repository, &site, &slug, prefix)
        .map_err(|error| person_refusal(error, &slug))?;
    for commit in &undone.besides {
        context.out.warn(&format!(
            "commit {} goes with the step: {}",
            commit.commit.short(),
            clean(&commit.subject)
        ));
    }
    let plan = proposed::plan(context, &place, "migration undo", undone.proposal)?;
    let exit = standing::carry_out(context, &place, &slug, &args.plan, &plan)?;
    if exit == Exit::Done && !args.plan.changes_nothing() {
        context.out.hint(&format!(
            "`piton migration show {slug}` tells where it stands now"
        ));
    }
    Ok(exit)
}
