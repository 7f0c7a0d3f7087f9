//! `piton journal`: plans that were performed, or cut off.

mod list;
mod resume;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Show plans that were performed, and carry on with one that was cut off
#[derive(Debug, Subcommand)]
#[command(
    defer = true,
    after_help = "\
Examples:
  piton journal list
  piton journal show 0193a1b2
  piton journal resume            the latest that was cut off"
)]
pub(crate) enum JournalCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Resume(resume::ResumeArgs),
}

pub(crate) fn run(context: &Context, command: &JournalCommand) -> CommandResult {
    match command {
        JournalCommand::List(args) => list::run(context, args),
        JournalCommand::Show(args) => show::run(context, args),
        JournalCommand::Resume(args) => resume::run(context, args),
    }
}
