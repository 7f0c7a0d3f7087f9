//! `piton migration reopen`: takes a rejected migration up again.

use clap::Args;

use super::find::About;
use super::record::record;
use crate::context::Context;
use crate::error::CommandResult;
use crate::migrations::Decision;
use crate::terminal::worded;

/// Reopen a rejected migration, with feedback
///
/// The feedback is recorded, and the next planning step refines what was
/// accepted before the rejection.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration reopen SLUG --message \"smaller: the parser alone\""
)]
pub(crate) struct ReopenArgs {
    /// What should be different this time
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    message: String,
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &ReopenArgs) -> CommandResult {
    record(context, &args.about, Decision::Reopen(&args.message))
}
