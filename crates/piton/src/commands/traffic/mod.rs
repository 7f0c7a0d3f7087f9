//! `piton traffic`: traffic tracking of a repository, a file for each subcommand.

mod collect;
mod create;
mod dashboard;
mod error;
mod init;
mod place;
mod report;

use std::path::Path;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Keep and show a repository's traffic for longer than GitHub does
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  piton traffic create --dry-run              what setting it up would do
  piton traffic create                        set it up
  piton traffic collect                       one run of the collector
  piton traffic collect --replay run.json     the same, from a recording
  piton traffic dashboard --demo              the dashboard with made-up data")]
pub(crate) enum TrafficCommand {
    Create(Box<create::CreateArgs>),
    Init(init::InitArgs),
    Collect(collect::CollectArgs),
    Dashboard(dashboard::DashboardArgs),
}

impl TrafficCommand {
    /// Returns the checkout that is named with `--repo-dir`.
    pub(crate) fn checkout(&self) -> Option<&Path> {
        let meant = match self {
            Self::Create(args) => &args.meant,
            Self::Init(args) => &args.meant,
            Self::Collect(_) | Self::Dashboard(_) => return None,
        };
        meant.repo_dir.as_deref()
    }
}

pub(crate) fn run(context: &Context, command: &TrafficCommand) -> CommandResult {
    match command {
        TrafficCommand::Create(args) => create::run(context, args),
        TrafficCommand::Init(args) => init::run(context, args),
        TrafficCommand::Collect(args) => collect::run(context, args),
        TrafficCommand::Dashboard(args) => dashboard::run(context, args),
    }
}
