//! `piton plan`: stored plans, for people.

mod check;
mod list;
mod log;
mod resolve;
mod show;
mod target;
mod text;
mod update;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Look at stored plans and change them
///
/// Plans are kept where the team works: in GitHub issues, in draft pull
/// requests, or in a directory of the repository. The setting plans.backend
/// says where. A plan is named by its number (42, P42), its address, or the
/// name of a local one; without a name the one of this folder or branch is
/// meant.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  piton plan list
  piton plan show 42
  piton plan check --file body.md")]
pub(crate) enum PlanCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Log(log::LogArgs),
    Update(update::UpdateArgs),
    Resolve(resolve::ResolveArgs),
}

pub(crate) fn run(context: &Context, command: &PlanCommand) -> CommandResult {
    match command {
        PlanCommand::List(args) => list::run(context, args),
        PlanCommand::Show(args) => show::run(context, args),
        PlanCommand::Check(args) => check::run(context, args),
        PlanCommand::Log(args) => log::run(context, args),
        PlanCommand::Update(args) => update::run(context, args),
        PlanCommand::Resolve(args) => resolve::run(context, args),
    }
}
