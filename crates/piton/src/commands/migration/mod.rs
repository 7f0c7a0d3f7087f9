//! `piton migration`: large changes, staged.

mod approve;
mod archive;
mod delete;
mod diff;
mod doctor;
mod find;
mod import;
mod list;
mod log;
mod moved;
mod new;
mod open;
mod record;
mod refine;
mod reject;
mod rename;
mod reopen;
mod repair;
mod review;
mod review_sheet;
mod share;
mod show;
mod start;
mod step;
mod undo;
mod wake;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Stage large changes, look at them, repair them
#[derive(Debug, Subcommand)]
#[command(
    defer = true,
    after_help = "\
Examples:
  piton migration new --target \"split the parser from the report\"
  piton migration step SLUG --until ready
  piton migration list
  piton migration review SLUG
  piton migration doctor --all"
)]
pub(crate) enum MigrationCommand {
    New(Box<new::NewArgs>),
    Step(Box<step::StepArgs>),
    Refine(Box<refine::RefineArgs>),
    Review(review::ReviewArgs),
    Approve(approve::ApproveArgs),
    Reject(reject::RejectArgs),
    Wake(wake::WakeArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Open(open::OpenArgs),
    Diff(diff::DiffArgs),
    Log(log::LogArgs),
    Undo(undo::UndoArgs),
    Reopen(reopen::ReopenArgs),
    Rename(rename::RenameArgs),
    Archive(archive::ArchiveArgs),
    Delete(delete::DeleteArgs),
    Doctor(doctor::DoctorArgs),
    Share(share::ShareArgs),
    Import(import::ImportArgs),
}

pub(crate) fn run(context: &Context, command: &MigrationCommand) -> CommandResult {
    match command {
        MigrationCommand::New(args) => new::run(context, args),
        MigrationCommand::Step(args) => step::run(context, args),
        MigrationCommand::Refine(args) => refine::run(context, args),
        MigrationCommand::Review(args) => review::run(context, args),
        MigrationCommand::Approve(args) => approve::run(context, args),
        MigrationCommand::Reject(args) => reject::run(context, args),
        MigrationCommand::Wake(args) => wake::run(context, args),
        MigrationCommand::List(args) => list::run(context, args),
        MigrationCommand::Show(args) => show::run(context, args),
        MigrationCommand::Open(args) => open::run(context, args),
        MigrationCommand::Diff(args) => diff::run(context, args),
        MigrationCommand::Log(args) => log::run(context, args),
        MigrationCommand::Undo(args) => undo::run(context, args),
        MigrationCommand::Reopen(args) => reopen::run(context, args),
        MigrationCommand::Rename(args) => rename::run(context, args),
        MigrationCommand::Archive(args) => archive::run(context, args),
        MigrationCommand::Delete(args) => delete::run(context, args),
        MigrationCommand::Doctor(args) => doctor::run(context, args),
        MigrationCommand::Share(args) => share::run(context, args),
        MigrationCommand::Import(args) => import::run(context, args),
    }
}
