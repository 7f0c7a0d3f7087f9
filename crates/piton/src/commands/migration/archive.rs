//! `piton migration archive`: puts a migration out of sight.

use clap::Args;

use super::find::About;
use super::moved;
use crate::context::Context;
use crate::error::CommandResult;
use crate::migrations::standing;

/// Where archived migrations are, below the migrations directory.
const ARCHIVE: &str = ".archive";

/// Move a migration to the archive, and commit that
///
/// It is moved to .archive below the migrations directory, where no command
/// looks. Move it back with `git mv`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration archive SLUG --dry-run\n  piton migration archive SLUG"
)]
pub(crate) struct ArchiveArgs {
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &ArchiveArgs) -> CommandResult {
    let (place, slug) = args.about.find(context)?;
    let from = place.path_of(&slug)?;
    let to = place.repo_path(&place.live().path().join(ARCHIVE).join(slug.as_str()))?;
    moved::refuse_unfit(&place, &slug, "archive")?;
    let message = moved::message(&place, &format!("archive {slug}"), "Archived by a person.");
    let command = format!("migration archive {slug}");
    let plan = moved::plan(context, &place, command, (from, to), None, message)?;
    standing::carry_out(context, &place, &slug, &args.about.plan, &plan)
}
