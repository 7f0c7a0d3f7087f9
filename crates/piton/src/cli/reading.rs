//! The arguments of the process, read by what the commands take.

use std::any::TypeId;
use std::ffi::OsString;
use std::num::NonZeroUsize;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory};

use super::Cli;
use super::help::{BRIEF, alone, for_help, named_on_one_line, with_template};
use crate::config::Dollars;

/// Reads the command line. What commands take that are not named is never
/// looked up: making all of it takes longer than most commands do.
pub(crate) fn understand(args: &[OsString]) -> clap::error::Result<ArgMatches> {
    if let [_, only] = args
        && (only == "--help" || only == "-h")
    {
        return alone(Cli::command(), only == "--help").try_get_matches_from(args);
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
    command.mut_subcommands(|inner| with_numbers(with_template(inner, &template)))
}

/// Takes a number below none for the value of the option before it, so that what
/// is said of it names the option. Only what was not understood the first time
/// comes here.
fn with_numbers(command: clap::Command) -> clap::Command {
    let numbers = [
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<i64>(),
        TypeId::of::<usize>(),
        TypeId::of::<NonZeroUsize>(),
        TypeId::of::<f64>(),
        TypeId::of::<Dollars>(),
    ];
    let is_number = |arg: &clap::Arg| {
        numbers
            .iter()
            .any(|it| arg.get_value_parser().type_id() == *it)
    };
    command
        .mut_args(|arg| {
            let number = !arg.is_positional() && is_number(&arg);
            arg.allow_negative_numbers(number)
        })
        .mut_subcommands(with_numbers)
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
            "piton run --focus-on-live-migrations --sleep -1",
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
    fn a_number_below_none_is_the_value_of_the_option_before_it() {
        fn numbers(command: &clap::Command, words: &str, found: &mut Vec<String>) {
            let all = ["N", "K", "NUMBER", "RUN", "PORT", "VERSION"];
            let units = ["SECONDS", "MINUTES", "HOURS", "DOLLARS"];
            let names = all.into_iter().chain(units);
            for arg in command.get_opts() {
                let called = arg.get_value_names().unwrap_or_default();
                let option = arg.get_long().unwrap_or_default();
                // What a setting takes is read as the setting is.
                let is_setting = option == "keep";
                if names.clone().any(|name| called.iter().any(|it| it == name)) && !is_setting {
                    found.push(format!("{words} --{option} -1"));
                }
            }
            for inner in command.get_subcommands() {
                numbers(inner, &format!("{words} {}", inner.get_name()), found);
            }
        }
        let mut lines = Vec::new();
        numbers(&definition(), "piton", &mut lines);
        assert!(lines.len() > 20, "{lines:?}");
        for line in lines {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            if let Err(error) = understand(&args) {
                let text = error.render().to_string();
                assert!(!text.contains("unexpected argument"), "{line}: {text}");
            }
        }
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
