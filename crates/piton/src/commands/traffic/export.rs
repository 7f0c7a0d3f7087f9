//! `piton traffic export`: everything that is known, as a table.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use piton_traffic::collect::{Day, Range};
use piton_traffic::export;
use serde_json::json;

use super::look::{How, look};
use super::place::MeantArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Json,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The days: clones, views, downloads, stars
    Days,
    /// Where visitors came from, by month
    Referrers,
    /// What they looked at, by month
    Paths,
    /// Stars, by day
    Stars,
    /// Downloads of each release, by day
    Releases,
}

/// Export everything that is known, out of the state and the archive
///
/// Names that strangers chose cannot act as formulas in a spreadsheet.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic export > traffic.csv
  piton traffic export --what referrers
  piton traffic export --format json --from 2026-01-01")]
pub(crate) struct ExportArgs {
    /// In which form
    #[arg(long, value_name = "FORM", value_enum, default_value_t = Format::Csv)]
    format: Format,

    /// What of it
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = What::Days)]
    what: What,

    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<Day>,

    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    to: Option<Day>,

    #[command(flatten)]
    pub(super) meant: MeantArgs,
}

pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::of(text)
        .filter(|_| text.len() == 10)
        .ok_or_else(|| "expected a day of the calendar, YYYY-MM-DD".to_owned())
}

pub(crate) fn run(context: &Context, args: &ExportArgs) -> CommandResult {
    let place = context.place_if_any()?;
    let looked = look(context, place, &args.meant, How::default())?;
    let Some(state) = looked.seen.state() else {
        return Err(CommandError::failed(format!(
            "could not read the state of {}",
            looked.repository
        ))
        .hint("`piton traffic verify` shows what is wrong"));
    };
    let archive = if let Some(archive) = looked.seen.archive.found() {
        archive.all_json()
    } else {
        context
            .out
            .warn("there is no archive: older days are missing");
        BTreeMap::new()
    };
    let range = Range {
        from: args.from,
        to: args.to,
    };
    let now = looked.seen.now;
    let table = match args.what {
        What::Days => export::days(state, &archive, range, now),
        What::Referrers => export::referrers(state, &archive),
        What::Paths => export::paths(state, &archive),
        What::Stars => export::stars(state, range),
        What::Releases => export::releases(state, range),
    };
    if context.out.json_wanted() {
        let rows: serde_json::Value = serde_json::to_value(table.json()).unwrap_or_default();
        context.out.json(json!({
            "repository": looked.seen.repository.to_string(), "columns": table.columns, "rows": rows,
        }));
        return Ok(Exit::Done);
    }
    match args.format {
        Format::Csv => context.out.exact(&table.csv()),
        Format::Json => context.out.exact(&format!("{}\n", table.json().pretty())),
    }
    Ok(Exit::Done)
}
