//! `piton plan`: stored plans, for people.

mod check;
mod close;
mod comment;
mod create;
mod decide;
mod dispatch;
mod implement;
mod list;
mod log;
mod prepare;
mod repair;
mod resolve;
mod runs;
mod show;
mod submit;
mod sync;
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
#[command(
    defer = true,
    after_help = "\
Examples:
  piton plan create --file plan.md
  piton plan list
  piton plan show 42
  piton plan implement 42 --dry-run
  piton plan check --file body.md"
)]
pub(crate) enum PlanCommand {
    Create(create::CreateArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Log(log::LogArgs),
    Update(update::UpdateArgs),
    Comment(comment::CommentArgs),
    Close(close::CloseArgs),
    Resolve(resolve::ResolveArgs),
    Repair(repair::RepairArgs),
    Prepare(prepare::PrepareArgs),
    Implement(Box<implement::ImplementArgs>),
    Dispatch(dispatch::DispatchArgs),
    Submit(submit::SubmitArgs),
    Sync(sync::SyncArgs),
}

pub(crate) fn run(context: &Context, command: &PlanCommand) -> CommandResult {
    match command {
        PlanCommand::Create(args) => create::run(context, args),
        PlanCommand::List(args) => list::run(context, args),
        PlanCommand::Show(args) => show::run(context, args),
        PlanCommand::Check(args) => check::run(context, args),
        PlanCommand::Log(args) => log::run(context, args),
        PlanCommand::Update(args) => update::run(context, args),
        PlanCommand::Comment(args) => comment::run(context, args),
        PlanCommand::Close(args) => close::run(context, args),
        PlanCommand::Resolve(args) => resolve::run(context, args),
        PlanCommand::Repair(args) => repair::run(context, args),
        PlanCommand::Prepare(args) => prepare::run(context, args),
        PlanCommand::Implement(args) => implement::run(context, args),
        PlanCommand::Dispatch(args) => dispatch::run(context, args),
        PlanCommand::Submit(args) => submit::run(context, args),
        PlanCommand::Sync(args) => sync::run(context, args),
    }
}
