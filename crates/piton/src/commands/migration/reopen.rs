//! `piton migration reopen`: takes a rejected migration up again.

use clap::Args;

use super::decision::{Decision, record};
use super::find::About;
use crate::context::Context;
use crate::error::CommandResult;

/// Take a rejected migration up again, with feedback
///
/// What was accepted before the rejection is refined: the feedback is recorded,
/// and the next planning step takes it up.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration reopen SLUG --message \"smaller: the parser alone\""
)]
pub(crate) struct ReopenArgs {
    /// What shall be different this time
    #[arg(long, value_name = "TEXT")]
    message: String,
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &ReopenArgs) -> CommandResult {
    record(context, &args.about, Decision::Reopen(&args.message))
}
