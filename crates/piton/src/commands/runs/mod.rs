//! `piton runs`: what agents were asked, what they did, what it cost.

mod list;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// Show the records of runs
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  piton runs list
  piton runs show
  piton runs show 20260601T120000-000000 --json")]
pub(crate) enum RunsCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
}

pub(crate) fn run(context: &Context, command: &RunsCommand) -> CommandResult {
    match command {
        RunsCommand::List(args) => list::run(context, args),
        RunsCommand::Show(args) => show::run(context, args),
    }
}

fn unreadable(error: piton_loop::runs::ListingError) -> CommandError {
    CommandError::failed("could not read the run records").because(error)
}
