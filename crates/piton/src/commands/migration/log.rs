//! `piton migration log`: the commits of a migration.

use std::path::{Path, PathBuf};

use clap::Args;
use piton_base::Clock;
use piton_git::LogEntry;
use piton_migration::slug::Slug;
use serde_json::{Value, json};

use super::find::find;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, Exit};
use crate::output::Table;

/// List the commits of a migration, the newest first
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton migration log SLUG\n  piton migration log SLUG --json")]
pub(crate) struct LogArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    /// Leave out the line of headers
    #[arg(long)]
    no_headers: bool,
}

pub(crate) fn run(context: &Context, args: &LogArgs) -> CommandResult {
    let place = context.place()?;
    let slug = find(context, &place, &args.slug)?;
    let history = history(&place, slug)?;
    if context.out.json_wanted() {
        let rows: Vec<Value> = history
            .iter()
            .map(|entry| {
                let time = jiff::Timestamp::from_second(entry.time).unwrap_or_default();
                json!({
                    "commit": entry.commit.as_str(),
                    "time": time.to_string(),
                    "subject": entry.subject,
                })
            })
            .collect();
        context.out.json(json!({"commits": rows}));
        return Ok(Exit::Done);
    }
    let now = context.clock.now();
    let mut table = Table::new(&["commit", "made", "subject"]);
    for entry in history {
        let at = jiff::Timestamp::from_second(entry.time).unwrap_or_default();
        table.row([
            entry.commit.short().to_string().into(),
            context.out.moment(at, now).into(),
            entry.subject.as_str().into(),
        ]);
    }
    context.out.table(&table, !args.no_headers);
    Ok(Exit::Done)
}

/// How many names a migration is followed back through.
const NAMES: usize = 20;

/// Returns the commits of a migration, those under its former names too.
fn history(place: &Place, slug: Slug) -> Result<Vec<LogEntry>, CommandError> {
    let mut all: Vec<LogEntry> = Vec::new();
    let mut slug = slug;
    for _ in 0..NAMES {
        let path = place.path_of(&slug)?;
        let mut entries = place.repository.history(Path::new(path.as_str()))?;
        if let Some(renamed) = all.last() {
            // What stands under that name later is another migration.
            let at = entries.iter().position(|it| it.commit == renamed.commit);
            entries.drain(..at.map_or(0, |at| at + 1));
        }
        all.append(&mut entries);
        match all
            .last()
            .and_then(|oldest| renamed(&oldest.subject, &slug))
        {
            Some(before) => slug = before,
            None => break,
        }
    }
    Ok(all)
}

/// Returns the name before, where a commit is the one that renamed it.
fn renamed(subject: &str, slug: &Slug) -> Option<Slug> {
    let (_, names) = subject.rsplit_once(": rename ")?;
    let (before, after) = names.split_once(" to ")?;
    (after == slug.as_str())
        .then(|| before.parse().ok())
        .flatten()
}
