//! How a command ends: its error, its exit code.

mod attempt;
mod command_error;
mod exit;
mod forge;
mod kind;

pub(crate) use attempt::Attempt;
pub(crate) use command_error::CommandError;
pub(crate) use exit::Exit;
pub use exit::exit_codes;
pub(crate) use kind::ErrorKind;

/// What every command returns: how it ended, or why it could not.
pub(crate) type CommandResult = Result<Exit, CommandError>;
