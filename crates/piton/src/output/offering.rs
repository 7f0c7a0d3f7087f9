//! Names as a shell offers them for what was typed.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use crate::output::Channel;

/// A name, and what is said of it.
pub(crate) type Named = (String, Option<String>);

/// Offers the names that begin with what was typed, else those that hold it.
pub(crate) fn candidates(typed: &str, names: Vec<Named>) -> Vec<CompletionCandidate> {
    let begins = names.iter().any(|(name, _)| name.starts_with(typed));
    names
        .into_iter()
        .filter(|(name, _)| name.starts_with(typed) || (!begins && name.contains(typed)))
        .enumerate()
        .map(|(at, (name, help))| {
            let help = help.map(|help| piton_base::terminal::clean(&help).into_owned().into());
            CompletionCandidate::new(name)
                .help(help)
                .display_order(Some(at))
        })
        .collect()
}

/// Completes the name of a channel.
pub(crate) fn channels() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        let named = |it: &Channel| (it.to_string(), Some(it.describes().to_owned()));
        let typed = current.to_str();
        typed.map_or_else(Vec::new, |typed| {
            candidates(typed, Channel::ALL.iter().map(named).collect())
        })
    })
}
