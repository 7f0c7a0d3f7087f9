//! `piton config`: what is set, by whom; setting it.

mod get;
mod set;
mod show;
mod written;

use clap::Subcommand;

use crate::context::Context;
use crate::error::CommandResult;

/// Show and change settings
///
/// A value comes from the first of: flag, environment (PITON_*), piton.toml,
/// the user's file (~/.config/piton/config.toml), default.
#[derive(Debug, Subcommand)]
#[command(
    defer = true,
    after_help = "\
Examples:
  piton config show --origin
  piton config get validation-command
  piton config set validation-command \"cargo test\""
)]
pub(crate) enum ConfigCommand {
    Show(show::ShowArgs),
    Get(get::GetArgs),
    Set(set::SetArgs),
}

pub(crate) fn run(context: &Context, command: &ConfigCommand) -> CommandResult {
    match command {
        ConfigCommand::Show(args) => show::run(context, args),
        ConfigCommand::Get(args) => get::run(context, args),
        ConfigCommand::Set(args) => set::run(context, args),
    }
}
