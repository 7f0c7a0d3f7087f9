//! `docs/cli.md`: the command line as a page, from the definition of the help.

mod command;
mod page;
mod prose;
mod tables;

pub use page::reference;
