//! What an agent is told of piton in a session of a person's: one page, and
//! files in the places where agents look for skills and commands.

mod files;
mod page;
mod section;

pub(crate) use files::{Agents, Wanted, wanted};
pub(crate) use page::page;
pub(crate) use section::{Merged, merge};
