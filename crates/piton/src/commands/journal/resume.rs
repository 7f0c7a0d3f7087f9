//! `piton journal resume`: carries on with a plan that was cut off.

use clap::Args;
use piton_plan::journal;

use crate::context::Context;
use crate::error::CommandResult;
use crate::planned::{PerformArgs, journal_error};
use crate::site;

/// Carry on with a plan that was cut off or left something undone
///
/// What is already so is not done twice; outputs are read back from the
/// journal; the rest is done.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton journal resume              the latest that was cut off
  piton journal resume 0193a1b2")]
pub(crate) struct ResumeArgs {
    /// The journal: its id, or the beginning of it
    id: Option<String>,

    #[command(flatten)]
    perform: PerformArgs,
}

pub(crate) fn run(context: &Context, args: &ResumeArgs) -> CommandResult {
    if let Some(place) = context.place_if_any()? {
        context.recover(&place, false)?;
    }
    let dir = site::journals(context)?;
    let id = journal::pick(&context.disk, &dir, args.id.as_deref()).map_err(journal_error)?;
    let journal = journal::load(&context.disk, &dir, id).map_err(journal_error)?;
    site::anywhere(context)?.resume(&args.perform, &journal)
}
