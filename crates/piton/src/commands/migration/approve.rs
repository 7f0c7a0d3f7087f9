//! `piton migration approve`: says yes to what waits for a person.

use clap::Args;

use super::find::About;
use super::record::record;
use crate::context::Context;
use crate::error::CommandResult;
use crate::migrations::Decision;

/// Approve a migration that waits for a person
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration approve SLUG\n  piton migration approve SLUG --dry-run"
)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &ApproveArgs) -> CommandResult {
    record(context, &args.about, Decision::Approve)
}
