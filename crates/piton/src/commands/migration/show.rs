//! `piton migration show`: everything about one migration.

use std::path::PathBuf;

use clap::Args;
use piton_base::Clock;
use piton_migration::show;

use super::find::find;
use crate::context::Context;
use crate::error::{Attempt as _, CommandResult, Exit};
use crate::output::local_time;

/// Show where a migration stands and what happens next
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration show split-the-parser-20260901T120000
  piton migration show SLUG --json | jq .result.planning.next_step")]
pub(crate) struct ShowArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,
}

pub(crate) fn run(context: &Context, args: &ShowArgs) -> CommandResult {
    let place = context.place()?;
    let slug = find(context, &place, &args.slug)?;
    let shown = show::show(&context.disk, &place.live(), &slug, context.clock.now());
    if context.out.json_wanted() {
        let value = serde_json::to_value(&shown).or_internal("could not show the migration")?;
        context.out.json(value);
    } else {
        let text = show::render(&shown, &local_time);
        context.out.data(&text);
    }
    Ok(Exit::Done)
}
