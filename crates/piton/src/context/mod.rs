//! What a command finds around it: what it was started with, the repository, who
//! can stop it, the way to GitHub; and how a group of commands is read.

mod command;
pub(crate) mod forge;
pub(crate) mod global;
mod group;
mod place;
mod secrets;
mod signals;

pub(crate) use command::{Context, kept, program, random, token};
pub(crate) use group::group;
pub(crate) use place::{CONFIG_FILE, Place};
