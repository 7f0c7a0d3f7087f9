//! Running the `git` program.

mod command;
mod failure;
mod run;

pub(crate) use command::GitCommand;
pub(crate) use failure::failure;
