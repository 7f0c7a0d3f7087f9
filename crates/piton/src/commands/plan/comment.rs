//! `piton plan comment`: adds a comment to a stored plan.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use piton_backend::operation::{AddComment, BackendOp};
use piton_backend::text::within_limit;

use super::decide::carry_out;
use super::text;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::planned::PlanArgs;
use crate::stored::target::{document, with_plan};
use crate::terminal::worded;

/// Add a comment to a stored plan
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["text", "file"]))]
#[command(after_help = "\
Examples:
  piton plan comment 42 --text \"Waiting for the schema\"
  piton plan comment --file note.md")]
pub(crate) struct CommentArgs {
    /// The plan; without one, that of this folder or branch
    target: Option<String>,

    /// The text
    #[arg(
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        value_parser = worded::text
    )]
    text: Option<String>,

    /// A file with the text; - is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &CommentArgs) -> CommandResult {
    let text = match (&args.text, &args.file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) => text::read(context, file)?,
        (None, None) => {
            return Err(CommandError::usage("there is no text").hint("give --text or --file"));
        }
    };
    if text.trim().is_empty() {
        return Err(CommandError::usage("a comment must not be empty"));
    }
    context.refuse_secret("the comment", &text)?;
    within_limit(&text).or_usage("could not add the comment")?;
    let plan = with_plan(context, args.target.as_deref(), |backend, id| {
        document(backend, &id).map(|document| document.id)
    })?;
    let operation = BackendOp::Comment(AddComment { plan, text });
    carry_out(context, &args.plan, "plan comment", [operation.into()])
}
