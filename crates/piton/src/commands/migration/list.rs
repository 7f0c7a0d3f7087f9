//! `piton migration list`: a row for each migration.

use clap::Args;
use piton_migration::listing::{self, Filter};
use piton_migration::manifest::Status;
use serde_json::json;

use super::unlistable;
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;

/// List the migrations, broken ones included
///
/// On a terminal a table; piped, columns with tabs between them: slug, status,
/// cursor, `awaiting_review`, `last_touch`, cooldown, reason.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration list
  piton migration list --status ready
  piton migration list --awaiting-review --no-headers | cut -f1")]
pub(crate) struct ListArgs {
    /// Only those with this status: planning, ready, in-progress, skipped or done
    #[arg(long)]
    status: Option<Status>,

    /// Only those that wait for a person
    #[arg(long)]
    awaiting_review: bool,

    /// Leave out the line of headers
    #[arg(long)]
    no_headers: bool,
}

pub(crate) fn run(context: &Context, args: &ListArgs) -> CommandResult {
    let live = context.place()?.live();
    let filter = Filter {
        status: args.status,
        awaiting_review: args.awaiting_review,
    };
    let rows =
        listing::list(&context.disk, &live, filter).map_err(|error| unlistable(&live, error))?;
    if context.out.json_wanted() {
        context.out.json(json!({ "migrations": rows }));
    } else if context.out.stdout_is_terminal() {
        context.out.data(&listing::table(&rows, !args.no_headers));
        if rows.is_empty() {
            context
                .out
                .hint("none here; `piton migration new --target \"what shall change\"` starts one");
        }
    } else {
        context.out.data(&listing::tsv(&rows, !args.no_headers));
    }
    Ok(Exit::Done)
}
