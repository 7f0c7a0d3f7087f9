//! From the process's arguments to its exit code.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind as ClapErrorKind;
use serde_json::{Value, json};

use crate::cli::{Cli, Command, GlobalArgs, definition};
use crate::commands;
use crate::context::Context;
use crate::env::Environment;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{Channel, Color, Out, Show, Verbosity, join_show};

/// Runs the command line that the process was started with.
pub fn main() -> ExitCode {
    let args = join_show(std::env::args_os());
    let environment = Environment::read();
    let exit = match definition().try_get_matches_from(&args) {
        Ok(matches) => match Cli::from_arg_matches(&matches) {
            Ok(cli) => run(cli, environment),
            Err(error) => refuse(&error, &args, &environment),
        },
        Err(error) => refuse(&error, &args, &environment),
    };
    ExitCode::from(exit.code())
}

fn run(cli: Cli, environment: Environment) -> Exit {
    let out = out(&cli.global, &environment);
    // `apply --show FILE` shows the plan; anywhere else it is the channels.
    let applies = matches!(cli.command, Some(Command::Apply(_)));
    if cli.global.show.contains(&Show::List) && !applies {
        list_channels(&out);
        return Exit::Done;
    }
    let context = match Context::new(cli.global, environment, out) {
        Ok(context) => context,
        Err(failed) => {
            let (error, out) = *failed;
            return finish(&out, Err(error));
        }
    };
    let result = if let Some(command) = cli.command {
        commands::run(&context, command)
    } else if matches!(context.place_if_any(), Ok(Some(_))) {
        commands::status::run(&context, &commands::status::StatusArgs::default())
    } else {
        let help = definition().render_help().ansi().to_string();
        context.out.data(&help);
        Ok(Exit::Done)
    };
    finish(&context.out, result)
}

/// Says how it ended. With `--json` the error is the one document.
fn finish(out: &Out, result: CommandResult) -> Exit {
    let exit = match &result {
        Ok(exit) => *exit,
        Err(error) => error.kind.exit(),
    };
    let runs = out.end_series();
    match result {
        Ok(_) if runs.is_empty() => {}
        Err(error) if !out.json_wanted() => out.error(&error.text()),
        Err(error) if runs.is_empty() => out.json(&error.json()),
        result => out.json(&series(&runs, exit, result.as_ref().err())),
    }
    if out.lost_output() && exit == Exit::Done {
        out.error("error: could not write the output\n");
        return Exit::Failed;
    }
    exit
}

/// Returns the one document of a command that performed plan after plan.
fn series(runs: &[Value], exit: Exit, error: Option<&CommandError>) -> Value {
    let mut document = json!({ "format": "piton-runs/1", "runs": runs, "exit": exit.code() });
    if let Some(error) = error {
        document["error"] = error.json()["error"].take();
    }
    document
}

/// Answers a command line that was not understood, or that asked for help.
fn refuse(error: &clap::Error, args: &[OsString], environment: &Environment) -> Exit {
    let json = args
        .iter()
        .take_while(|arg| *arg != "--")
        .any(|arg| arg == "--json");
    let no_color = colourless(environment);
    let out = Out::new(Verbosity::default(), Color::Auto, no_color, json, None);
    match error.kind() {
        ClapErrorKind::DisplayHelp | ClapErrorKind::DisplayVersion => {
            out.data(&error.render().ansi().to_string());
            Exit::Done
        }
        _ if json => {
            let text = error.render().to_string();
            let message = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            out.json(
                &CommandError::usage(message)
                    .hint("see `piton --help`")
                    .json(),
            );
            Exit::Usage
        }
        _ => {
            out.note(
                Channel::Error,
                crate::output::Level::ERROR,
                &error.render().ansi().to_string(),
            );
            Exit::Usage
        }
    }
}

fn out(global: &GlobalArgs, environment: &Environment) -> Out {
    Out::new(
        Verbosity::new(global.verbose, global.quiet, &global.show),
        global.color,
        colourless(environment),
        global.json,
        environment.get("COLUMNS"),
    )
}

fn list_channels(out: &Out) {
    let mut text = String::from("Channels, for --show CHANNEL[:LEVEL] (a level from -4 to 3):\n");
    for channel in Channel::ALL {
        let mark = if channel.opt_in() {
            " (only when asked for)"
        } else {
            ""
        };
        let (name, describes) = (channel.name(), channel.describes());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name:<9} {describes}{mark}");
    }
    out.data(&text);
}

/// Whether colour was asked away, or the terminal has none.
fn colourless(environment: &Environment) -> bool {
    environment.get("NO_COLOR").is_some() || environment.get("TERM") == Some("dumb")
}
