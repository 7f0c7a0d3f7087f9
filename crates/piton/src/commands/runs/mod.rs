//! `piton runs`: what agents were asked, what they did, what it cost.

mod follow;
mod list;
mod prune;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Show the records of runs, and remove old ones
#[derive(Debug, Subcommand)]
#[command(
    defer = true,
    after_help = "\
Examples:
  piton runs list
  piton runs show
  piton runs show --follow
  piton runs show 20260601T120000-000000 --json
  piton runs prune --dry-run"
)]
pub(crate) enum RunsCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Prune(prune::PruneArgs),
}

pub(crate) fn run(context: &Context, command: &RunsCommand) -> CommandResult {
    match command {
        RunsCommand::List(args) => list::run(context, args),
        RunsCommand::Show(args) => show::run(context, args),
        RunsCommand::Prune(args) => prune::run(context, args),
    }
}
