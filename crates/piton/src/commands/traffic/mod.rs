//! `piton traffic`: traffic tracking of a repository, a file for each subcommand.

mod collect;
mod dashboard;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Keep and show a repository's traffic for longer than GitHub does
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  piton traffic collect --replay run.json     one run of the collector, from a recording
  piton traffic dashboard --demo              the dashboard with made-up data")]
pub(crate) enum TrafficCommand {
    Collect(collect::CollectArgs),
    Dashboard(dashboard::DashboardArgs),
}

pub(crate) fn run(context: &Context, command: &TrafficCommand) -> CommandResult {
    match command {
        TrafficCommand::Collect(args) => collect::run(context, args),
        TrafficCommand::Dashboard(args) => dashboard::run(context, args),
    }
}
