//! What the help says of the global options, of exit codes and of the environment.

use std::fmt::Write as _;

use super::usage;
use crate::config::env::DOCUMENTED;
use crate::error::Exit;

/// Returns the command line for nothing but its own help, the whole of it or a
/// summary. What stands below the options is part of the template: to break its
/// lines takes clap longer than to make all else.
pub(super) fn alone(command: clap::Command, whole: bool) -> clap::Command {
    let (summary, all) = below_the_options(&command);
    let below = if whole { all } else { summary };
    command
        .mut_args(|arg| {
            let global = arg.is_global_set();
            // Each command would get a copy of what is global.
            arg.hide(global).global(false)
        })
        .after_help(None)
        .help_template(format!("{BRIEF}{below}"))
}

/// Adds what the help of the program itself says.
pub(super) fn for_help(command: clap::Command) -> clap::Command {
    let (summary, whole) = below_the_options(&command);
    command
        .mut_args(|arg| {
            // The help of a command only names them.
            let global = arg.is_global_set();
            arg.hide(global)
        })
        .after_help(summary)
        .after_long_help(whole)
}

/// Returns what the help of the program itself says below its options: a
/// summary, and all of it.
fn below_the_options(command: &clap::Command) -> (String, String) {
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
    let examples = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let summary = format!("{examples}\n\n{}", named_on_one_line(command));
    let whole = format!("{examples}\n\n{}\n{}", explained(command), more.trim_end());
    (summary, whole)
}

/// The help of a command, up to the line that names the global options.
pub(super) const BRIEF: &str = "\
{before-help}{about-with-newline}
{usage-heading} {usage}

{all-args}

";

pub(super) fn with_template(mut command: clap::Command, template: &str) -> clap::Command {
    if let Some(usage) = usage::broken(&command.render_usage().to_string()) {
        command = command.override_usage(usage);
    }
    command
        .help_template(template.to_owned())
        .mut_subcommands(|inner| with_template(inner, template))
}

/// Names the global options, for the help of every command.
pub(super) fn named_on_one_line(command: &clap::Command) -> String {
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
