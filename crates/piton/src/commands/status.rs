//! `piton status`: what stands where, on one screen.

mod disk_use;
mod dispatched;
mod lately;
mod reports;
mod seen;
mod shown;
mod sorted;
mod unlanded;

use clap::Args;
use piton_migration::listing::{self, Filter, Row};

use self::seen::Seen;
use self::sorted::Sorted;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, Exit};
use crate::output::wrap;

/// Show what is ready, what is planned, what waits for you and what runs
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  piton status
  piton status --porcelain      one line for a prompt
  piton status --json | jq .result.waiting")]
pub(crate) struct StatusArgs {
    /// One line of counts, fast enough for a shell prompt
    #[arg(long, conflicts_with = "json")]
    porcelain: bool,
}

pub(crate) fn run(context: &Context, args: &StatusArgs) -> CommandResult {
    if args.porcelain && context.out.json_wanted() {
        // Where --json stands before the command clap sees no conflict.
        return Err(CommandError::usage(
            "--porcelain cannot be used with --json",
        ));
    }
    let place = context.place()?;
    let rows = rows(context, &place)?;
    if args.porcelain {
        let counts = Sorted::of(&rows);
        context.out.data(&format!(
            "ready {} planning {} waiting {} broken {}\n",
            counts.ready.len(),
            counts.planning.len(),
            counts.waiting.len(),
            counts.broken.len()
        ));
        return Ok(Exit::Done);
    }
    let seen = Seen::look(context, &place, &rows)?;
    if context.out.json_wanted() {
        context.out.json(seen.json());
    } else {
        context
            .out
            .data(&wrap(&seen.text(context), context.out.width()));
    }
    Ok(Exit::Done)
}

fn rows(context: &Context, place: &Place) -> Result<Vec<Row>, CommandError> {
    Ok(listing::list(
        &context.disk,
        &place.live(),
        Filter::default(),
    )?)
}
