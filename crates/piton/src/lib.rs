//! The `piton` program: one file per subcommand, configuration, what people see.
//!
//! Commands decide with the reading half of the world and hand a plan to
//! `planned`, the one room that knows of a dry run.

mod agent_files;
mod agents;
mod cli;
mod commands;
mod completing;
mod config;
mod context;
mod dispatch;
mod error;
mod events;
mod migrations;
mod operation;
mod output;
mod planned;
mod planning;
mod records;
mod recovery;
mod shared;
mod start;
mod stored;
mod terminal;
mod workshop;
mod world;

pub use cli::definition;
pub use config::env::DOCUMENTED as VARIABLES;
pub use config::settings::{Setting, settings};
pub use error::exit_codes;
pub use start::main;
