//! `piton journal list`: a line for each plan that was begun.

use clap::Args;
use piton_plan::journal::{self, Listed, Status};
use piton_plan::render;
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::planned::journal_error;
use crate::site;

/// List the plans that were begun, the oldest first
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton journal list\n  piton journal list --json")]
pub(crate) struct ListArgs {}

pub(crate) fn run(context: &Context, _args: &ListArgs) -> CommandResult {
    let site = site::anywhere(context)?;
    let dir = site::journals(context)?;
    let listed = journal::list(&context.disk, &dir).map_err(journal_error)?;
    if context.out.json_wanted() {
        let journals: Vec<Value> = listed.iter().map(data).collect();
        context.out.json(json!({ "journals": journals }));
        return Ok(Exit::Done);
    }
    context.out.data(&render::journals(&listed, site.style()));
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

/// The word that stands for a status, in text and in data.
pub(super) const fn word(status: &Status) -> &'static str {
    match status {
        Status::Stopped => "stopped",
        Status::Incomplete { .. } => "incomplete",
        Status::Finished => "finished",
    }
}
