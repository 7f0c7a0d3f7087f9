//! `piton journal list`: a line for each plan that was begun.

use clap::Args;
use jiff::Timestamp;
use piton_base::Clock;
use piton_plan::journal::{self, Listed, Status};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Cell, Table, Tone};
use crate::planned::{journal_error, short, site};

/// List the plans that were begun, the newest first
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton journal list\n  piton journal list --json")]
pub(crate) struct ListArgs {
    /// Leave out the line of headers
    #[arg(long)]
    no_headers: bool,
}

pub(crate) fn run(context: &Context, args: &ListArgs) -> CommandResult {
    let dir = site::journals(context)?;
    let mut listed = journal::list(&context.disk, &dir).map_err(journal_error)?;
    listed.reverse();
    if context.out.json_wanted() {
        let journals: Vec<Value> = listed.iter().map(data).collect();
        context.out.json(json!({ "journals": journals }));
        return Ok(Exit::Done);
    }
    let now = context.clock.now();
    let mut table = Table::new(&["journal", "begun", "status", "actions", "command"]);
    for one in &listed {
        table.row(cells(context, one, now));
    }
    context.out.table(&table, !args.no_headers);
    if table.is_empty() && context.out.stdout_is_terminal() {
        context.out.hint("no plan has been performed here");
    }
    Ok(Exit::Done)
}

fn data(listed: &Listed) -> Value {
    let id = listed.id.to_string();
    match &listed.journal {
        Ok(begun) => json!({
            "id": id,
            "command": begun.command,
            "begun": begun.at.to_string(),
            "status": word(&begun.status),
            "actions": begun.actions,
            "settled": begun.settled,
        }),
        Err(error) => json!({ "id": id, "status": "unreadable", "error": error.to_string() }),
    }
}

fn cells(context: &Context, listed: &Listed, now: Timestamp) -> [Cell; 5] {
    let id = if context.out.stdout_is_terminal() {
        short(listed.id)
    } else {
        listed.id.to_string()
    };
    match &listed.journal {
        Ok(begun) => {
            let tone = match begun.status {
                Status::Stopped => Tone::Waits,
                Status::Incomplete { .. } | Status::Failed => Tone::Bad,
                Status::Finished => Tone::Good,
            };
            [
                id.into(),
                context.out.moment(begun.at, now).into(),
                Cell::toned(word(&begun.status), tone),
                format!("{}/{}", begun.settled, begun.actions).into(),
                begun.command.as_str().into(),
            ]
        }
        Err(error) => [
            id.into(),
            "-".into(),
            Cell::toned("unreadable", Tone::Bad),
            "-".into(),
            error.to_string().into(),
        ],
    }
}

/// The word that stands for a status, in text and in data.
pub(super) const fn word(status: &Status) -> &'static str {
    match status {
        Status::Stopped => "stopped",
        Status::Incomplete { .. } => "incomplete",
        Status::Failed => "failed",
        Status::Finished => "finished",
    }
}
