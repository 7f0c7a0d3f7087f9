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
mod editor;
mod env;
mod error;
mod events;
mod exit;
mod files;
mod forge;
mod global;
mod migrations;
mod offering;
mod op;
mod output;
mod planned;
mod planning;
mod readiness;
mod records;
mod recovery;
mod secrets;
mod shared;
mod shell;
mod signals;
mod site;
mod start;
mod stored;
mod taste;
mod terminal;
mod workshop;
mod world;

pub use cli::definition;
pub use config::settings::{Setting, settings};
pub use env::DOCUMENTED as VARIABLES;
pub use exit::exit_codes;
pub use start::main;
