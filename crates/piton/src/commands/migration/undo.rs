//! `piton migration undo`: takes the last accepted planning step back.

use clap::Args;
use piton_base::terminal::clean;
use piton_loop::planning::person;

use super::find::About;
use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::migrations::{case, person_refusal, proposed};
use crate::planning::refuse_under_way;

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
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &UndoArgs) -> CommandResult {
    let (place, slug) = args.about.find(context)?;
    refuse_under_way(&place, &format!("plan {slug}"))?;
    let site = place.planning_site()?;
    let case = case(context, &place, &site, &slug);
    let undone =
        person::undo(&case, &place.repository).map_err(|error| person_refusal(error, &slug))?;
    for commit in &undone.besides {
        context.out.warn(&format!(
            "commit {} goes with the step: {}",
            commit.commit.short(),
            clean(&commit.subject)
        ));
    }
    let (plan, command) = (&args.about.plan, "migration undo");
    let exit = proposed::carry_out(context, &place, plan, command, undone.proposal)?;
    if exit == Exit::Done && !plan.changes_nothing() {
        context.out.hint(&format!(
            "`piton migration show {slug}` shows where it stands now"
        ));
    }
    Ok(exit)
}
