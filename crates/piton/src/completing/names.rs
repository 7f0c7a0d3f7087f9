//! The names that there are here. Whatever cannot be read offers nothing; a
//! shell shows no errors.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap_complete::engine::ArgValueCompleter;
use piton_durable::RealDisk;
use piton_loop::prompts::PromptRole;
use piton_loop::runs::{self, ListedRun};
use piton_migration::listing::{self, Filter, Row};
use piton_migration::manifest::Status;
use piton_plan::journal::{self, Listed};

use crate::config::{Environment, Settings, all_names};
use crate::context::Place;
use crate::output::offering::{Named, candidates};

/// Completes the slug of a migration.
pub(crate) fn slugs() -> ArgValueCompleter {
    completer(|place| {
        let rows = listing::list(&RealDisk, &place?.live(), Filter::default()).ok()?;
        let named = |row: Row| {
            let status = row.status.map_or("invalid", Status::as_str);
            (row.slug.to_string(), Some(status.to_owned()))
        };
        Some(rows.into_iter().map(named).collect())
    })
}

/// Completes the id of a run, the newest first.
pub(crate) fn runs() -> ArgValueCompleter {
    completer(|place| {
        let listed = runs::list(&RealDisk, &place?.state().runs()).ok()?;
        let named = |run: ListedRun| (run.id.to_string(), run.summary.map(|it| it.command));
        Some(listed.into_iter().map(named).collect())
    })
}

/// Completes the id of a journal, the newest first.
pub(crate) fn journals() -> ArgValueCompleter {
    completer(|place| {
        let listed = journal::list(&RealDisk, &place?.state().journals()).ok()?;
        let named = |one: Listed| (one.id.to_string(), one.journal.ok().map(|it| it.command));
        Some(listed.into_iter().rev().map(named).collect())
    })
}

/// Completes the name of a setting.
pub(crate) fn keys() -> ArgValueCompleter {
    completer(|_| Some(all_names().map(|name| (name, None)).collect()))
}

/// Completes a role that has a prompt.
pub(crate) fn roles() -> ArgValueCompleter {
    completer(|_| {
        let named = |role: &PromptRole| (role.as_str().to_owned(), None);
        Some(PromptRole::ALL.iter().map(named).collect())
    })
}

/// Completes an agent: those that piton knows, and those that are described.
pub(crate) fn agents() -> ArgValueCompleter {
    completer(|place| {
        let names = place.map_or_else(
            || Settings::default().agent_names(),
            |place| place.settings.agent_names(),
        );
        Some(names.into_iter().map(|name| (name, None)).collect())
    })
}

/// Offers the names that begin with what was typed, or else those that have it
/// anywhere.
fn completer(names: fn(Option<&Place>) -> Option<Vec<Named>>) -> ArgValueCompleter {
    ArgValueCompleter::new(move |current: &OsStr| {
        let Some(typed) = current.to_str() else {
            return Vec::new();
        };
        let place = Place::at(&here(), &Environment::read());
        candidates(typed, names(place.as_ref()).unwrap_or_default())
    })
}

/// Returns where the command would work: `-C` counts here too.
#[expect(
    clippy::disallowed_methods,
    reason = "a completer is handed nothing but the word at the cursor"
)]
pub(super) fn here() -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    let mut args = std::env::args_os().skip_while(|arg| arg != "-C").skip(1);
    match args.next() {
        Some(named) => current.join(named),
        None => current,
    }
}
