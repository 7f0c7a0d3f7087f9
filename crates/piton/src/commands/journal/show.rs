//! `piton journal show`: one plan, with what came of it.

use clap::Args;
use piton_plan::render::{self, Heading};
use piton_plan::{Plan, journal};
use serde_json::json;

use super::list::word;
use crate::context::Context;
use crate::error::{Attempt as _, CommandResult, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::planned::{journal_error, plan_json, site};

/// Show a plan that was begun, and what came of it
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton journal show 0193a1b2\n  piton journal show 0193a1b2 --json"
)]
pub(crate) struct ShowArgs {
    /// The journal: its id, or the beginning of it
    #[arg(add = crate::completing::journals())]
    id: String,
}

pub(crate) fn run(context: &Context, args: &ShowArgs) -> CommandResult {
    let site = site::anywhere(context)?;
    let dir = site::journals(context)?;
    let id = journal::pick(&context.disk, &dir, Some(&args.id)).map_err(journal_error)?;
    let journal = journal::load(&context.disk, &dir, id).map_err(journal_error)?;
    let plan: Plan<Op> = journal.plan().map_err(journal_error)?;
    let receipts = journal.receipts();
    if context.out.json_wanted() {
        let detail = context.out.verbosity().threshold(Channel::Plan);
        context.out.json(plan_json(&plan, detail)?);
        let went = render::run_document(&receipts, journal.verification());
        context
            .out
            .amend(went.or_failed("could not show the journal")?);
        context.out.amend(json!({
            "id": id.to_string(),
            "command": journal.command(),
            "begun": journal.at().to_string(),
            "tool": journal.tool(),
            "status": word(&journal.status()),
        }));
        return Ok(Exit::Done);
    }
    site.show_text(&plan, Heading::Run);
    let text = render::journal(&journal, 1, site.style());
    context
        .out
        .say(Channel::General, Level::INFO, &format!("\n{text}"));
    Ok(Exit::Done)
}
