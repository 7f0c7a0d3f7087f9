//! `piton migration log`: the commits of a migration.

use std::path::{Path, PathBuf};

use clap::Args;
use piton_base::Clock;
use serde_json::{Value, json};

use super::find;
use super::repair::repo_path;
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
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
    let slug = find(context, &place.live(), &args.slug)?;
    let path = repo_path(&place, &place.live().migration(&slug))?;
    let history = place.repository.history(Path::new(path.as_str()))?;
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
