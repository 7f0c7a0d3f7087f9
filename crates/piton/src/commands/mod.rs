//! The commands, one room each.

pub(crate) mod apply;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
mod disk_use;
pub(crate) mod doctor;
pub(crate) mod exec;
pub(crate) mod init;
pub(crate) mod journal;
pub(crate) mod man;
pub(crate) mod migration;
pub(crate) mod plan;
pub(crate) mod prime;
pub(crate) mod prompt;
pub(crate) mod run;
pub(crate) mod run_once;
pub(crate) mod runs;
pub(crate) mod selftest;
pub(crate) mod status;
pub(crate) mod taste;
pub(crate) mod traffic;

use crate::cli::Command;
use crate::context::Context;
use crate::error::CommandResult;

/// Hands over to the command's own room.
pub(crate) fn run(context: &Context, command: Command) -> CommandResult {
    match command {
        Command::Status(args) => status::run(context, &args),
        Command::Doctor(args) => doctor::run(context, &args),
        Command::Init(args) => init::run(context, &args),
        Command::Config(command) => config::run(context, &command),
        Command::Migration(command) => migration::run(context, &command),
        Command::Prime(args) => prime::run(context, &args),
        Command::Prompt(command) => prompt::run(context, &command),
        Command::Run(args) => run::run(context, &args),
        Command::RunOnce(args) => run_once::run(context, &args),
        Command::Runs(command) => runs::run(context, &command),
        Command::Taste(args) => taste::run(context, &args),
        Command::Plan(command) => plan::run(context, &command),
        Command::Exec(args) => exec::run(context, &args),
        Command::Traffic(command) => traffic::run(context, &command),
        Command::Apply(args) => apply::run(context, &args),
        Command::Journal(command) => journal::run(context, &command),
        Command::Demo(args) => demo::run(context, &args),
        Command::Selftest(args) => selftest::run(context, &args),
        Command::Completions(args) => completions::run(context, &args),
        Command::Man(args) => man::run(context, &args),
    }
}
