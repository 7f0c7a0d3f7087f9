//! `piton config`: what is set, by whom; setting it.

mod get;
mod set;
mod show;

use clap::Subcommand;

use crate::config::UnknownKey;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};

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

/// Reads the settings that are written here, and tells which of them do not
/// count before they are committed; outside a repository, the user's.
fn settings(context: &Context) -> Result<crate::config::Settings, CommandError> {
    match context.place_if_any()? {
        Some(place) => {
            let written = place.settings.clone();
            context.vetted(place)?;
            Ok(written)
        }
        None => context.settings(None),
    }
}

/// A name that no setting has.
fn unknown(error: UnknownKey) -> CommandError {
    CommandError::usage(format!("unknown key `{}`", error.name))
        .argument(error.name)
        .suggest(error.nearest)
        .hint("`piton config show` lists the keys")
}
