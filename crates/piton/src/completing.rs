//! What a shell offers for a word that is being typed: the names that there
//! are here. Whatever cannot be read offers nothing; a shell shows no errors.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use piton_durable::RealDisk;
use piton_loop::prompts::PromptRole;
use piton_loop::runs;
use piton_migration::listing::{self, Filter};
use piton_migration::manifest::Status;
use piton_plan::journal;

use crate::config::all_names;
use crate::context::Place;
use crate::env::Environment;
use crate::offering::{Named, candidates};

/// The agents that piton knows without a description.
pub(crate) const AGENTS: [&str; 6] = ["claude", "codex", "command", "gemini", "opencode", "script"];

/// Completes the slug of a migration.
pub(crate) fn slugs() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offer(current, |place| {
            let rows = listing::list(&RealDisk, &place?.live(), Filter::default()).ok()?;
            Some(
                rows.into_iter()
                    .map(|row| {
                        let status = row.status.map_or("invalid", Status::as_str);
                        (row.slug.to_string(), Some(status.to_owned()))
                    })
                    .collect(),
            )
        })
    })
}

/// Completes the id of a run, the newest first.
pub(crate) fn runs() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offer(current, |place| {
            let listed = runs::list(&RealDisk, &place?.state().runs()).ok()?;
            Some(
                listed
                    .into_iter()
                    .map(|run| {
                        let command = run.summary.map(|summary| summary.command);
                        (run.id.to_string(), command)
                    })
                    .collect(),
            )
        })
    })
}

/// Completes the id of a journal, the newest first.
pub(crate) fn journals() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offer(current, |place| {
            let listed = journal::list(&RealDisk, &place?.state().journals()).ok()?;
            Some(
                listed
                    .into_iter()
                    .rev()
                    .map(|one| {
                        let command = one.journal.ok().map(|begun| begun.command);
                        (one.id.to_string(), command)
                    })
                    .collect(),
            )
        })
    })
}

/// Completes the name of a setting.
pub(crate) fn keys() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offer(current, |_| {
            Some(all_names().map(|name| (name, None)).collect())
        })
    })
}

/// Completes a role that has a prompt.
pub(crate) fn roles() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offer(current, |_| {
            let named = |role: &PromptRole| (role.as_str().to_owned(), None);
            Some(PromptRole::ALL.iter().map(named).collect())
        })
    })
}

/// Completes an agent: those that piton knows, and those that are described.
pub(crate) fn agents() -> ArgValueCompleter {
    ArgValueCompleter::new(|current: &OsStr| {
        offer(current, |place| {
            let mut names: Vec<String> = AGENTS.map(str::to_owned).to_vec();
            if let Some(place) = place {
                let described = place.settings.adapter_names().map(str::to_owned);
                names.extend(described);
            }
            names.sort();
            names.dedup();
            Some(names.into_iter().map(|name| (name, None)).collect())
        })
    })
}

/// Offers the names that begin with what was typed, or else those that have it
/// anywhere.
fn offer(
    current: &OsStr,
    names: impl FnOnce(Option<&Place>) -> Option<Vec<Named>>,
) -> Vec<CompletionCandidate> {
    let Some(typed) = current.to_str() else {
        return Vec::new();
    };
    let place = Place::at(&here(), &Environment::read());
    candidates(typed, names(place.as_ref()).unwrap_or_default())
}

/// Returns where the command would work: `-C` counts here too.
#[expect(
    clippy::disallowed_methods,
    reason = "a completer is handed nothing but the word at the cursor"
)]
pub(crate) fn here() -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    let mut args = std::env::args_os().skip_while(|arg| arg != "-C").skip(1);
    match args.next() {
        Some(named) => current.join(named),
        None => current,
    }
}
