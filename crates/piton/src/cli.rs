//! The command line as a whole: global options, the list of commands.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, Parser, Subcommand};

use crate::commands;
use crate::config::env::DOCUMENTED;
use crate::context::global::GlobalArgs;
use crate::error::Exit;
use crate::usage;

/// Durable, trustworthy plans for coding agents
///
/// piton carries large changes to a repository from an idea to landed commits
/// without ever losing a step. Every command that changes anything decides a
/// plan first; `--dry-run` prints that very plan.
#[derive(Debug, Parser)]
#[command(
    name = "piton",
    version = env!("PITON_VERSION"),
    max_term_width = 100,
    after_help = "\
Examples:
  piton demo                                  see it work, on a scratch project
  piton init                                  set piton up in this repository
  piton init --dry-run                        what that would do
  piton migration new --target \"split the parser\"
  piton migration step SLUG --until ready     plan it, step by step
  piton run --focus-on-live-migrations        carry out what is planned
  piton migration list"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Every command of the program. Its line for the help of the whole program
/// stands here, since what a command takes is only looked up for the one that
/// is named.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Set piton up in this repository
    Init(commands::init::InitArgs),
    /// Show what is ready, what is planned, what waits for you and what runs
    Status(commands::status::StatusArgs),
    /// Check what piton needs: git, agents, the seal, the disk, the terminal
    Doctor(commands::doctor::DoctorArgs),
    #[command(subcommand)]
    Config(commands::config::ConfigCommand),
    #[command(subcommand)]
    Migration(commands::migration::MigrationCommand),
    #[command(subcommand)]
    Prompt(commands::prompt::PromptCommand),
    /// Carry out what is planned, and clean up, action by action
    Run(Box<commands::run::RunArgs>),
    /// Do the one next thing: a planning step, a phase, or a clean-up
    RunOnce(Box<commands::run::RunOnceArgs>),
    #[command(subcommand)]
    Runs(commands::runs::RunsCommand),
    /// Show where the team's taste is, or write it with an agent
    Taste(commands::taste::TasteArgs),
    #[command(subcommand)]
    Plan(commands::plan::PlanCommand),
    /// Report what happened to a stored plan (for agents and CI jobs)
    Exec(commands::exec::ExecArgs),
    #[command(subcommand)]
    Traffic(commands::traffic::TrafficCommand),
    /// Perform a plan that `--plan-out` saved
    Apply(commands::apply::ApplyArgs),
    #[command(subcommand)]
    Journal(commands::journal::JournalCommand),
    /// Print the page that an agent needs to work with piton
    Prime(commands::prime::PrimeArgs),
    /// Plan and carry out a small migration, and see what a fall costs
    Demo(commands::demo::DemoArgs),
    /// Try on this machine what piton promises
    Selftest(commands::selftest::SelftestArgs),
    /// Print what makes a shell complete piton
    Completions(commands::completions::CompletionsArgs),
    /// Write a man page for every command into a directory
    Man(commands::man::ManArgs),
}

impl Command {
    /// Whether it prints something else than the answer of a command.
    pub(crate) fn prints_its_own(&self) -> bool {
        match self {
            Self::Exec(args) => !args.rehearses(),
            Self::Completions(_) => true,
            Self::Init(_)
            | Self::Status(_)
            | Self::Doctor(_)
            | Self::Config(_)
            | Self::Migration(_)
            | Self::Prompt(_)
            | Self::Run(_)
            | Self::RunOnce(_)
            | Self::Runs(_)
            | Self::Taste(_)
            | Self::Plan(_)
            | Self::Traffic(_)
            | Self::Apply(_)
            | Self::Journal(_)
            | Self::Prime(_)
            | Self::Demo(_)
            | Self::Selftest(_)
            | Self::Man(_) => false,
        }
    }
}

/// Reads the command line. What commands take that are not named is never
/// looked up: making all of it takes longer than most commands do.
pub(crate) fn understand(args: &[OsString]) -> clap::error::Result<ArgMatches> {
    if let [_, only] = args
        && (only == "--help" || only == "-h")
    {
        // Otherwise each command would get a copy of each of them.
        let help = for_help(Cli::command()).mut_args(|arg| arg.global(false));
        return help.try_get_matches_from(args);
    }
    if let [_, only] = args
        && (only == "--version" || only == "-V")
    {
        let alone = clap::Command::new("piton").version(env!("PITON_VERSION"));
        return alone.try_get_matches_from(args);
    }
    let read = with_the_named(args).try_get_matches_from(args);
    match read {
        Err(error) if error.kind() != ErrorKind::DisplayVersion => {
            definition().try_get_matches_from(args)
        }
        read => read,
    }
}

/// Returns the command line with only those commands that the arguments may
/// name: each one that it has gets a copy of every global option.
fn with_the_named(args: &[OsString]) -> clap::Command {
    let all = Cli::command();
    let named = all
        .get_subcommands()
        .filter(|command| args.iter().any(|arg| arg == command.get_name()));
    let subcommands: Vec<clap::Command> = named.cloned().collect();
    clap::Command::new("piton")
        .version(env!("PITON_VERSION"))
        .args(all.get_arguments().cloned())
        .groups(all.get_groups().cloned())
        .subcommands(subcommands)
}

/// Returns the whole command line, as completions and man pages are made from.
pub fn definition() -> clap::Command {
    let mut command = for_help(Cli::command());
    command.build();
    let named = named_on_one_line(&command);
    let template = format!("{BRIEF}{named}{{after-help}}");
    command.mut_subcommands(|inner| with_template(inner, &template))
}

/// Adds what the help of the program itself says.
fn for_help(command: clap::Command) -> clap::Command {
    let mut more = String::from("Exit codes:\n");
    for (exit, meaning) in Exit::TABLE {
        let _ = writeln!(more, "  {:>3}  {meaning}", exit.code());
    }
    more.push_str("\nEnvironment (and PITON_<KEY> for every setting):\n");
    let widest = DOCUMENTED.iter().map(|(name, _)| name.len()).max();
    let widest = widest.unwrap_or_default();
    for (name, meaning) in DOCUMENTED {
        push_row(&mut more, name, widest, meaning);
    }
    let command = command.mut_args(|arg| {
        // The help of a command only names them.
        let global = arg.is_global_set();
        arg.hide(global)
    });
    let examples = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let named = named_on_one_line(&command);
    let explained = explained(&command);
    command
        .after_help(format!("{examples}\n\n{named}"))
        .after_long_help(format!("{examples}\n\n{explained}\n{}", more.trim_end()))
}

/// The help of a command, up to the line that names the global options.
const BRIEF: &str = "\
{before-help}{about-with-newline}
{usage-heading} {usage}

{all-args}

";

fn with_template(mut command: clap::Command, template: &str) -> clap::Command {
    if let Some(usage) = usage::broken(&command.render_usage().to_string()) {
        command = command.override_usage(usage);
    }
    command
        .help_template(template.to_owned())
        .mut_subcommands(|inner| with_template(inner, template))
}

/// Names the global options, for the help of every command.
fn named_on_one_line(command: &clap::Command) -> String {
    let names: Vec<String> = global(command)
        .map(|arg| match (arg.get_short(), arg.get_long()) {
            (Some(short), _) => format!("-{short}"),
            (None, Some(long)) => format!("--{long}"),
            (None, None) => String::new(),
        })
        .collect();
    format!("Global options: {}", names.join(" "))
}

/// Explains the global options, for the help of the program itself.
fn explained(command: &clap::Command) -> String {
    let mut rows = Vec::new();
    for arg in global(command) {
        let short = arg.get_short().map(|short| format!("-{short}"));
        let long = arg.get_long().map(|long| format!("--{long}"));
        let value = arg
            .get_value_names()
            .filter(|_| arg.get_action().takes_values())
            .map(|names| {
                let name = &names[0];
                if arg.is_require_equals_set() {
                    format!("[={name}]")
                } else {
                    format!(" {name}")
                }
            })
            .unwrap_or_default();
        let names = match (short, long) {
            (Some(short), Some(long)) => format!("{short}, {long}"),
            (Some(short), None) => short,
            (None, long) => format!("    {}", long.unwrap_or_default()),
        };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        rows.push((format!("{names}{value}"), help));
    }
    let width = rows.iter().map(|(names, _)| names.len()).max().unwrap_or(0);
    let mut text = String::from("Global options:\n");
    for (names, help) in rows {
        push_row(&mut text, &names, width, &help);
    }
    text
}

/// Adds a name and its meaning, whose further lines begin below the first one.
fn push_row(text: &mut String, name: &str, width: usize, meaning: &str) {
    const COLUMNS: usize = 80;
    let indent = width + 4;
    text.push_str("  ");
    text.push_str(name);
    text.extend(std::iter::repeat_n(' ', indent - 3 - name.chars().count()));
    let mut column = indent - 1;
    for word in meaning.split(' ') {
        let length = word.chars().count();
        if column + 1 + length > COLUMNS && column >= indent {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent - 1));
            column = indent - 1;
        }
        text.push(' ');
        text.push_str(word);
        column += 1 + length;
    }
    text.push('\n');
}

fn global(command: &clap::Command) -> impl Iterator<Item = &clap::Arg> {
    command.get_arguments().filter(|arg| arg.is_global_set())
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;

    fn told(read: clap::error::Result<ArgMatches>) -> String {
        match read {
            Ok(matches) => {
                let words: Vec<&str> = matches.subcommand_name().into_iter().collect();
                format!("{words:?} {:?}", Cli::from_arg_matches(&matches).unwrap())
            }
            Err(error) => error.render().to_string(),
        }
    }

    #[test]
    fn a_line_is_understood_as_by_the_whole_definition() {
        for line in [
            "piton",
            "piton -h",
            "piton --help",
            "piton --version",
            "piton -V",
            "piton status -V",
            "piton -C x --json=a --color never status --porcelain",
            "piton exec -n mark-impl-started --session-id s",
            "piton exec update-plan-header 42 a=b -v",
            "piton plan list -QQ",
            "piton plan",
            "piton plan --help",
            "piton help plan show",
            "piton plan show --nope",
            "piton traffic creat",
            "piton mgration",
            "piton run --focus-on-live-migrations --max-attempts",
            "piton --dry-run",
        ] {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(
                told(understand(&args)),
                told(definition().try_get_matches_from(&args)),
                "{line}"
            );
        }
    }

    #[test]
    fn no_line_of_usage_is_wider_than_a_terminal() {
        fn widest(mut command: clap::Command) -> Vec<String> {
            let usage = command.render_usage().to_string();
            let lines = usage.lines().map(str::to_owned);
            let below = command.get_subcommands().cloned().flat_map(widest);
            lines.chain(below.collect::<Vec<_>>()).collect()
        }
        let lines = widest(definition());
        assert!(lines.len() > 60, "{lines:?}");
        let wide: Vec<_> = lines.iter().filter(|it| it.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }

    #[test]
    fn the_lines_of_the_help_are_those_of_the_commands() {
        let brief = Cli::command();
        let whole = definition();
        for command in brief.get_subcommands() {
            let built = whole.find_subcommand(command.get_name());
            let about = built.and_then(clap::Command::get_about);
            assert!(about.is_some(), "{}", command.get_name());
            assert_eq!(command.get_about(), about, "{}", command.get_name());
        }
    }
}
