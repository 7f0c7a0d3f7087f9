//! `piton plan close`: closes a stored plan.

use clap::Args;
use piton_backend::operation::{AddComment, BackendOp, ClosePlan};
use piton_backend::store::State;

use super::decide::carry_out;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::stored::target::{document, with_plan};
use crate::terminal::worded;

const COMMAND: &str = "plan close";

/// Close a stored plan without landing it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan close 42
  piton plan close 42 --comment \"Superseded by 43\"")]
pub(crate) struct CloseArgs {
    /// The plan; without one, that of this folder or branch
    target: Option<String>,

    /// What to say on it; default: that it was closed
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    comment: Option<String>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &CloseArgs) -> CommandResult {
    if let Some(comment) = &args.comment {
        if comment.trim().is_empty() {
            return Err(CommandError::usage("--comment must not be empty"));
        }
        context.refuse_secret("--comment", comment)?;
    }
    // One that was killed may have said so already.
    context.finish_own(COMMAND, args.plan.changes_nothing())?;
    let document = with_plan(context, args.target.as_deref(), |backend, id| {
        document(backend, &id)
    })?;
    let mut operations: Vec<Op> = Vec::new();
    if document.state == State::Open {
        let text = args
            .comment
            .clone()
            .unwrap_or_else(|| "Plan completed via piton plan close".to_owned());
        let plan = document.id.clone();
        operations.push(BackendOp::Comment(AddComment { plan, text }).into());
        let close = ClosePlan {
            plan: document.id,
            title: document.title,
        };
        operations.push(BackendOp::Close(close).into());
    }
    carry_out(context, &args.plan, COMMAND, operations)
}
