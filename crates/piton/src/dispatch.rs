//! From the command line to the room of the command that it names.

use crate::cli::{Command, definition};
use crate::commands::{
    apply, completions, config, demo, doctor, exec, init, journal, man, migration, plan, prime,
    prompt, run, runs, selftest, status, taste, traffic,
};
use crate::context::Context;
use crate::error::CommandResult;

/// Hands over to the command's own room.
pub(crate) fn dispatch(context: &Context, command: Command) -> CommandResult {
    match command {
        Command::Status(args) => status::run(context, &args),
        Command::Doctor(_) => Ok(doctor::run(context)),
        Command::Init(args) => init::run(context, &args, definition),
        Command::Config(command) => config::run(context, &command),
        Command::Migration(command) => migration::run(context, &command),
        Command::Prime(_) => Ok(prime::run(context, &definition())),
        Command::Prompt(command) => prompt::run(context, &command),
        Command::Run(args) => run::run(context, &args),
        Command::RunOnce(args) => run::run_once(context, &args),
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
        Command::Man(args) => man::run(context, &args, definition()),
    }
}
