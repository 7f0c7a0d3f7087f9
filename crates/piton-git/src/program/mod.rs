//! Running the `git` program.

mod command;
mod failure;
mod run;

pub(crate) use command::GitCommand;
pub use command::is_at;
pub(crate) use failure::failure;
