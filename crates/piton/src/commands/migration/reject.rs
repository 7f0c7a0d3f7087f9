//! `piton migration reject`: says no, and why.

use clap::Args;

use super::find::About;
use super::record::record;
use crate::context::Context;
use crate::error::CommandResult;
use crate::migrations::Decision;
use crate::terminal::worded;

/// Reject a migration; it stays as a record and is never carried out
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration reject SLUG --reason \"not worth the risk now\""
)]
pub(crate) struct RejectArgs {
    /// Why
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    reason: String,
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &RejectArgs) -> CommandResult {
    context.refuse_secret("--reason", &args.reason)?;
    record(context, &args.about, Decision::Reject(&args.reason))
}
