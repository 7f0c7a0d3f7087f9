//! From the process's arguments to its exit code.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind as ClapErrorKind};
use piton_base::terminal::{clean, is_harmful};

use crate::cli::{Cli, Command, definition, understand};
use crate::commands;
use crate::completing::shell;
use crate::config::{Environment, nearest};
use crate::context::global::GlobalArgs;
use crate::context::{Context, kept};
use crate::dispatch::dispatch;
use crate::error::{CommandError, CommandResult, Exit};
use crate::output::{
    Channel, Color, Envelope, Fields, Level, Out, Shape, Show, Verbosity, join_show,
};

/// Runs the command line that the process was started with.
pub fn main() -> ExitCode {
    let args = join_show(std::env::args_os());
    if shell::answered(args.clone(), definition) {
        return ExitCode::SUCCESS;
    }
    let environment = Environment::read();
    let exit = match understand(&args) {
        Ok(matches) => match Cli::from_arg_matches(&matches) {
            Ok(cli) => run(cli, &named(&matches), environment),
            Err(error) => refuse(&error, &args, &environment),
        },
        Err(error) => refuse(&error, &args, &environment),
    };
    ExitCode::from(exit.code())
}

fn run(cli: Cli, named: &str, environment: Environment) -> Exit {
    let out = kept(out(&cli.global, named, &environment));
    // `apply --show FILE` shows the plan; anywhere else it is the channels.
    let applies = matches!(cli.command, Some(Command::Apply(_)));
    if cli.global.show.contains(&Show::List) && !applies {
        list_channels(out);
        return Exit::Done;
    }
    if cli.command.as_ref().is_some_and(Command::prints_its_own) {
        out.prints_its_own();
    } else if let Err(error) = known(named, &cli.global) {
        return finish(out, Err(error));
    }
    let mut global = cli.global;
    if let Some(Command::Traffic(command)) = &cli.command
        && let Some(checkout) = command.checkout()
    {
        // `--repo-dir` counts from where -C leads.
        let from = global.directory.take().unwrap_or_default();
        global.directory = Some(from.join(checkout));
    }
    let context = match Context::new(global, environment, out) {
        Ok(context) => context,
        Err(error) => {
            return if let Some(Command::Exec(args)) = &cli.command {
                commands::exec::without_context(args, &error)
            } else {
                finish(out, Err(error))
            };
        }
    };
    let result = match cli.command {
        Some(command) => dispatch(&context, command),
        None => without_a_command(&context),
    };
    if let Err(error) = context.book.close() {
        let story = piton_base::on_one_line(&error);
        out.warn(&format!("the run record is incomplete: {story}"));
    }
    if context.events.is_incomplete() {
        out.warn("not all events could be written");
    }
    finish(out, result)
}

/// In a repository piton shows where things stand, and elsewhere its help.
fn without_a_command(context: &Context) -> CommandResult {
    if matches!(context.place_if_any(), Ok(Some(_))) {
        return commands::status::run(context, &commands::status::StatusArgs::default());
    }
    if context.out.json_wanted() {
        return Err(
            CommandError::usage("no command was given, and there is no repository here")
                .hint("`piton --help` lists the commands"),
        );
    }
    let help = definition().render_help().ansi().to_string();
    context.out.data(&help);
    Ok(Exit::Done)
}

/// Returns the words of the command that was given. Without any, a repository
/// shows its status.
fn named(matches: &clap::ArgMatches) -> String {
    let mut words = Vec::new();
    let mut next = matches.subcommand();
    while let Some((word, inner)) = next {
        words.push(word);
        next = inner.subcommand();
    }
    match words.as_slice() {
        [] => "status".to_owned(),
        words => words.join(" "),
    }
}

/// Refuses fields that the command's result never has, before anything is done.
fn known(named: &str, global: &GlobalArgs) -> Result<(), CommandError> {
    let asked = global.json.as_ref().map_or(&[][..], Fields::names);
    let names = Shape::of(named).into_iter().flat_map(Shape::names);
    let Some(wrong) = asked
        .iter()
        .find(|field| !names.clone().any(|name| name == *field))
    else {
        return Ok(());
    };
    let all: Vec<&str> = names.clone().collect();
    Err(CommandError::usage(format!(
        "the result of `piton {named}` has no field {wrong:?}"
    ))
    .argument(wrong)
    .suggest(nearest(wrong, names))
    .hint(format!("it has {}", all.join(", "))))
}

/// Says how it ended. With `--json` the error stands in the one document.
fn finish(out: &Out, result: CommandResult) -> Exit {
    let (exit, error) = match result {
        Ok(exit) => (exit, None),
        Err(error) => (error.kind.exit(), Some(error)),
    };
    let printed = out.close(exit, error.as_ref().map(CommandError::json));
    if let (false, Some(error)) = (printed, &error) {
        out.error(&error.text());
    }
    if out.lost_output() && exit == Exit::Done {
        out.error("error: could not write the output\n");
        return Exit::Failed;
    }
    exit
}

/// Answers a command line that was not understood, or that asked for help.
fn refuse(error: &clap::Error, args: &[OsString], environment: &Environment) -> Exit {
    let json = args
        .iter()
        .take_while(|arg| *arg != "--")
        .filter_map(|arg| arg.to_str())
        .any(|arg| arg == "--json" || arg.starts_with("--json="));
    let envelope = json.then(|| Envelope::new(words(args), Fields::default()));
    let no_color = colourless(environment);
    let out = Out::new(Verbosity::default(), Color::Auto, no_color, envelope, None);
    match error.kind() {
        ClapErrorKind::DisplayHelp | ClapErrorKind::DisplayVersion => {
            out.prose(&error.render().ansi().to_string());
            out.prints_its_own();
            finish(&out, Ok(Exit::Done))
        }
        _ if json => finish(&out, Err(misunderstood(error, &words(args)))),
        _ => {
            // What was typed is repeated, and must not steer the terminal.
            let harmful = |arg: &OsString| arg.to_string_lossy().contains(is_harmful);
            let text = if args.iter().any(harmful) {
                let plain = error.render().to_string();
                let lines: Vec<_> = plain.lines().map(clean).collect();
                lines.join("\n")
            } else {
                error.render().ansi().to_string()
            };
            out.note(Channel::Error, Level::ERROR, &text);
            Exit::Usage
        }
    }
}

/// Turns what clap says into the error of a command.
fn misunderstood(error: &clap::Error, words: &str) -> CommandError {
    let text = error.render().to_string();
    // What is missing, and what would have been possible, stands below.
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let message = lines.join(" ");
    let message = message.trim_start_matches("error: ");
    let told = |kinds: &[ContextKind]| {
        kinds.iter().find_map(|kind| match error.get(*kind)? {
            ContextValue::String(text) => Some(text.clone()),
            ContextValue::Strings(texts) => texts.first().cloned(),
            _ => None,
        })
    };
    let argument = told(&[
        ContextKind::InvalidValue,
        ContextKind::InvalidSubcommand,
        ContextKind::InvalidArg,
    ])
    .filter(|argument| !argument.is_empty());
    let suggestion = told(&[
        ContextKind::SuggestedValue,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
    ])
    .or_else(|| {
        let (_, rest) = message.split_once("did you mean `")?;
        Some(rest.split_once('`')?.0.to_owned())
    });
    let refused = CommandError::usage(message).suggest(suggestion);
    match argument {
        Some(argument) => refused.argument(argument),
        None => refused,
    }
    .hint(match words {
        "" => "see `piton --help`".to_owned(),
        words => format!("see `piton {words} --help`"),
    })
}

/// Returns the words of the command that was perhaps meant.
fn words(args: &[OsString]) -> String {
    let definition = definition();
    let mut command = &definition;
    let mut words = Vec::new();
    for arg in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        if let Some(inner) = command.find_subcommand(arg) {
            words.push(inner.get_name().to_owned());
            command = inner;
        }
    }
    words.join(" ")
}

fn out(global: &GlobalArgs, named: &str, environment: &Environment) -> Out {
    // What `exec` answers on standard error stands there alone.
    let answers = named.split(' ').next() == Some("exec");
    let verbose = if answers { 0 } else { global.verbose };
    Out::new(
        Verbosity::new(verbose, global.quiet, &global.show),
        global.color,
        colourless(environment),
        global
            .json
            .clone()
            .map(|fields| Envelope::new(named, fields)),
        environment.get("COLUMNS"),
    )
    .on_a_dumb_terminal(environment.get("TERM").is_none_or(|term| term == "dumb"))
    .leaving_stdout_to_events(global.events.as_deref() == Some(Path::new("-")))
}

fn list_channels(out: &Out) {
    let mut text = String::from("Channels, for --show CHANNEL[:LEVEL] (a level from -4 to 3):\n");
    for channel in Channel::ALL.iter().copied() {
        let mark = if channel.opt_in() {
            " (only when asked for)"
        } else {
            ""
        };
        let (name, describes) = (channel.as_str(), channel.describes());
        let _ = writeln!(text, "  {name:<9} {describes}{mark}");
    }
    out.data(&text);
}

/// Whether colour was asked away, or the terminal has none.
fn colourless(environment: &Environment) -> bool {
    environment.get("NO_COLOR").is_some() || environment.get("TERM") == Some("dumb")
}
