//! One command as a section of the reference.

use std::fmt::Write as _;

use clap::{Arg, Command};

use super::prose::prose;

/// Groups of options that many commands take; each is described once.
const SHARED: [&str; 3] = ["Global options", "Plan options", "Agent options"];

/// Returns every command that can be called, in the order of the help.
pub(super) fn all(definition: &Command) -> Vec<Command> {
    let mut found = Vec::new();
    for command in visible(definition) {
        if !command.is_subcommand_required_set() {
            found.push(command.clone());
        }
        found.extend(all(command));
    }
    found
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|inner| inner.get_name() != "help" && !inner.is_hide_set())
}

/// Returns the list of commands, a line each.
pub(super) fn contents(commands: &[Command]) -> String {
    let mut list = String::from("\n| command | what it does |\n|---|---|\n");
    for command in commands {
        let name = full_name(command);
        let about = command.get_about().map(ToString::to_string);
        let anchor = name.replace(' ', "-");
        let about = prose(&about.unwrap_or_default());
        let _ = writeln!(list, "| [`{name}`](#{anchor}) | {about} |");
    }
    list
}

/// Returns the groups of options that many commands take.
pub(super) fn shared(commands: &[Command]) -> String {
    let mut text = String::new();
    for heading in SHARED {
        let mut options: Vec<&Arg> = Vec::new();
        for arg in commands.iter().flat_map(|command| under(command, heading)) {
            if !options.iter().any(|known| known.get_id() == arg.get_id()) {
                options.push(arg);
            }
        }
        let _ = writeln!(text, "\n## {heading}\n");
        for option in options {
            text.push_str(&entry(option));
        }
    }
    text
}

/// Returns what there is to know of one command.
pub(super) fn section(command: &Command) -> String {
    let mut text = format!("\n### {}\n", full_name(command));
    let about = command.get_long_about().or(command.get_about());
    if let Some(about) = about {
        let _ = writeln!(text, "\n{}", prose(&about.to_string()));
    }
    let aliases: Vec<String> = command
        .get_visible_aliases()
        .map(|alias| format!("`{alias}`"))
        .collect();
    if !aliases.is_empty() {
        let _ = writeln!(text, "\nAlso called {}.", aliases.join(", "));
    }
    let usage = command.clone().render_usage().to_string();
    let usage = flush_left(usage.trim_start_matches("Usage: "));
    // What stands on further lines belongs to the first.
    let _ = writeln!(text, "\n```\n{}\n```", usage.replace('\n', "\n  "));
    let mut own: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| shown(arg) && !arg.get_help_heading().is_some_and(|h| SHARED.contains(&h)))
        .collect();
    // What has no name stands first, what comes from the command above last.
    own.sort_by_key(|arg| (arg.is_global_set(), arg.get_index().unwrap_or(usize::MAX)));
    let own: String = own.into_iter().map(entry).collect();
    if !own.is_empty() {
        let _ = write!(text, "\n{own}");
    }
    let groups: Vec<String> = SHARED[1..]
        .iter()
        .filter_map(|heading| named(command, heading))
        .collect();
    if !groups.is_empty() {
        let _ = writeln!(text, "\n{}", groups.join("\n"));
    }
    let after = command
        .get_after_long_help()
        .or(command.get_after_help())
        .map(ToString::to_string);
    if let Some(after) = after {
        let _ = writeln!(text, "\n```\n{}\n```", after.trim_end());
    }
    text
}

/// Returns which options of a shared group a command takes.
fn named(command: &Command, heading: &str) -> Option<String> {
    let names: Vec<String> = under(command, heading)
        .filter_map(|arg| arg.get_long().map(|long| format!("`--{long}`")))
        .collect();
    let anchor = heading.to_lowercase().replace(' ', "-");
    (!names.is_empty()).then(|| format!("- [{heading}](#{anchor}): {}", names.join(", ")))
}

fn under<'c>(command: &'c Command, heading: &str) -> impl Iterator<Item = &'c Arg> {
    command.get_arguments().filter(move |arg| {
        // The help of a command only names the global ones.
        (shown(arg) || arg.is_global_set()) && arg.get_help_heading() == Some(heading)
    })
}

fn shown(arg: &Arg) -> bool {
    !arg.is_hide_set() && arg.get_id() != "help" && arg.get_id() != "version"
}

/// Returns one argument as an item of a list.
fn entry(arg: &Arg) -> String {
    let mut item = format!("- `{}`", spelled(arg));
    let help = arg.get_long_help().or(arg.get_help());
    if let Some(help) = help {
        let help = help.to_string();
        let mut paragraphs = help.split("\n\n");
        let _ = write!(item, ": {}", prose(paragraphs.next().unwrap_or_default()));
        for more in paragraphs {
            let _ = write!(item, ". {}", prose(more.trim_end_matches('.')));
        }
    }
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| match value.get_help() {
            Some(help) => format!("`{}` ({help})", value.get_name()),
            None => format!("`{}`", value.get_name()),
        })
        .collect();
    if !values.is_empty() && arg.get_action().takes_values() {
        let _ = write!(item, "; one of {}", values.join(", "));
    }
    let defaults: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        let _ = write!(item, "; default {}", defaults.join(" "));
    }
    item.push('\n');
    item
}

/// Returns how an argument is written, without colour.
fn spelled(arg: &Arg) -> String {
    let text = arg.to_string();
    match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(_)) => format!("-{short}, {text}"),
        _ => text,
    }
}

/// Returns `piton migration step`, however the definition names it.
fn full_name(command: &Command) -> String {
    command
        .get_bin_name()
        .unwrap_or_else(|| command.get_name())
        .to_owned()
}

fn flush_left(usage: &str) -> String {
    let lines: Vec<&str> = usage.lines().map(str::trim).collect();
    lines.join("\n")
}
