//! `piton migration list`: a row for each migration.

use std::cmp::Reverse;

use clap::Args;
use jiff::Timestamp;
use piton_base::Clock;
use piton_migration::listing::{self, Filter, Row};
use piton_migration::manifest::Status;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Cell, Table, Tone, local_stamp, local_time};

/// List the migrations, the one that changed last first
///
/// Broken ones are listed too. On a terminal a table; piped, columns with tabs
/// between them: slug, status, cursor, `awaiting_review`, `last_touch`,
/// cooldown, reason.
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
    let mut rows = listing::list(&context.disk, &live, filter)?;
    // What moved last comes first; what cannot be told comes last.
    rows.sort_by_key(|row| Reverse(touched(row)));
    if context.out.json_wanted() {
        context.out.json(json!({ "migrations": rows }));
    } else if context.out.stdout_is_terminal() {
        let table = table(context, &rows);
        context.out.table(&table, !args.no_headers);
        if rows.is_empty() {
            context.out.hint(
                "no migrations here; `piton migration new --target \"what should \
                     change\"` starts one",
            );
        }
    } else {
        for row in &mut rows {
            row.last_touch = row.last_touch.as_deref().map(in_the_users_zone);
            row.cooldown_until = row.cooldown_until.as_deref().map(in_the_users_zone);
        }
        context.out.data(&listing::tsv(&rows, !args.no_headers));
    }
    Ok(Exit::Done)
}

/// Manifests have stamps of whoever made them, and of loops in UTC; what is no
/// stamp is told as it is.
fn in_the_users_zone(stamp: &str) -> String {
    stamp.parse().map_or_else(|_| stamp.to_owned(), local_stamp)
}

fn touched(row: &Row) -> Option<Timestamp> {
    row.last_touch.as_deref()?.parse().ok()
}

/// Returns the list for people: what is behind it at a glance, and how far
/// each has come.
fn table(context: &Context, rows: &[Row]) -> Table {
    let now = context.clock.now();
    let when = |stamp: &str| stamp.parse().map_or_else(|_| stamp.to_owned(), local_time);
    let mut table = Table::new(&["slug", "status", "at", "phases", "touched", "note"]);
    for row in rows {
        let note = row
            .reason
            .clone()
            .or_else(|| row.rejected_because.clone())
            .or_else(|| {
                let at = row.wake_up_on.as_ref()?;
                Some(format!("wakes up {}", when(at)))
            })
            .or_else(|| {
                let at = row.cooldown_until.as_ref()?;
                Some(format!("cools down until {}", when(at)))
            });
        table.row([
            row.slug.as_str().into(),
            status(row),
            row.cursor.replace("(none)", "-").into(),
            match row.phases {
                0 => "-".into(),
                phases => format!("{}/{phases}", row.phases_done).into(),
            },
            match (touched(row), &row.last_touch) {
                (Some(at), _) => context.out.moment(at, now).into(),
                (None, Some(stamp)) => stamp.as_str().into(),
                (None, None) => "-".into(),
            },
            note.unwrap_or_default().into(),
        ]);
    }
    table
}

fn status(row: &Row) -> Cell {
    let over = matches!(row.status, Some(Status::Skipped | Status::Done));
    match row.status {
        None => Cell::toned("invalid-manifest", Tone::Bad),
        Some(status) if row.awaiting_human_review && !over => {
            Cell::toned(format!("{status}, needs review"), Tone::Waits)
        }
        Some(status) if row.cursor.ends_with("blocked") => Cell::toned(status.as_str(), Tone::Bad),
        Some(status @ (Status::Ready | Status::InProgress)) => {
            Cell::toned(status.as_str(), Tone::Good)
        }
        Some(status @ (Status::Planning | Status::Skipped | Status::Done)) => {
            status.as_str().into()
        }
    }
}
