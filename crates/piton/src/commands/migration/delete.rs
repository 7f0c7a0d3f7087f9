//! `piton migration delete`: removes a migration.

use clap::Args;
use piton_plan::{Draft, PlanBuilder};

use super::find::About;
use super::moved;
use crate::context::Context;
use crate::error::CommandResult;
use crate::migrations::standing;

/// Remove a migration, and commit that
///
/// A copy of the directory is kept under .git/piton/failures, and git has its
/// history.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration delete SLUG --dry-run\n  piton migration delete SLUG"
)]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &DeleteArgs) -> CommandResult {
    let (place, slug) = args.about.find(context)?;
    let path = place.path_of(&slug)?;
    moved::refuse_unfit(&place, &slug, "delete")?;
    let mut builder = PlanBuilder::new(format!("migration delete {slug}"));
    let gone = builder.add(moved::set_aside(path.clone(), "the migration is deleted"));
    let message = moved::message(&place, &format!("delete {slug}"), "Deleted by a person.");
    builder.add_draft(Draft::new(moved::commit(path, Vec::new(), message)).needs(&gone));
    standing::carry_out(context, &place, &slug, &args.about.plan, &builder.build()?)
}
