//! `piton traffic list`: every repository that you track.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use piton_base::Clock as _;
use piton_durable::{DiskRead as _, Kind};
use piton_github::endpoints::{gists, repository, variables};
use piton_github::{Client, ForgeError, RepoName, found};
use piton_traffic::listing::{Flag, Tracked, merge};
use piton_traffic::ordered::{Json, Object};
use piton_traffic::provision::BADGE_VARIABLE;
use piton_traffic::settings::{Global, PROJECT_FILE, Project};
use serde_json::json;

use super::at_once::at_once;
use super::error;
use super::place::{MeantArgs, list_file, parsed};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::output::{Cell, Table};

/// How deep folders are searched.
const DEPTH: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    Name,
    Installs,
    Views,
    Age,
}

/// List every repository that you track, forgotten gists included
///
/// On a terminal a table; piped, columns with tabs between them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic list
  piton traffic list --sort installs
  piton traffic list --orphans             gists that no repository names
  piton traffic list --no-network --scan ~/src")]
pub(crate) struct ListArgs {
    /// The user's list of tracked repositories; default ~/.ghtraf/config.json
    #[arg(long, value_name = "PATH")]
    ghtraf_config: Option<PathBuf>,

    /// Look for checkouts below DIR too
    #[arg(long, value_name = "DIR")]
    scan: Option<PathBuf>,

    /// Only the ids of the gists of badges
    #[arg(long)]
    ids_only: bool,

    /// Only gists that no variable of their repository names
    #[arg(long, conflicts_with = "no_network")]
    orphans: bool,

    /// Only what is known on this machine
    #[arg(long)]
    no_network: bool,

    /// In which order
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Sort::Name)]
    sort: Sort,

    /// Leave out the line of headers
    #[arg(long)]
    no_headers: bool,
}

pub(crate) fn run(context: &Context, args: &ListArgs) -> CommandResult {
    let meant = MeantArgs {
        owner: None,
        repo: None,
        repo_dir: None,
        ghtraf_config: args.ghtraf_config.clone(),
    };
    let list = list_file(context, &meant)?;
    let list = parsed(context, &list.path(), Global::parse)?.unwrap_or_default();
    let mut folders = Vec::new();
    if let Some(dir) = &args.scan {
        let dir = context.directory.join(dir);
        if !dir.is_dir() {
            return Err(CommandError::usage(format!(
                "--scan {}: no such directory",
                dir.display()
            )));
        }
        scan(context, &dir, DEPTH, &mut folders);
    }
    let mut all;
    if args.no_network {
        all = merge(&list.all(), &[], &folders);
    } else {
        let settings = context.settings(None)?;
        let forge = crate::context::forge::client(context, &settings)?;
        let mine: Result<Vec<gists::Gist>, _> = gists::list(&forge).collect();
        let known = !list.all().is_empty() || !folders.is_empty();
        let mine = match mine {
            Ok(mine) => mine,
            // What this machine knows is told all the same.
            Err(error) if known => {
                context
                    .out
                    .warn(&format!("the gists could not be listed: {error}"));
                Vec::new()
            }
            Err(error) => return Err(error::forge("list the gists", error)),
        };
        all = merge(&list.all(), &mine, &folders);
        read_all(&forge, &mut all, args.orphans);
    }
    for one in &mut all {
        one.directory_exists = one
            .directory
            .as_deref()
            .is_some_and(|directory| Path::new(directory).is_dir());
    }
    if args.orphans {
        all.retain(|one| one.flags.contains(&Flag::Orphan));
    }
    sort(&mut all, args.sort);
    show(context, args, &all);
    Ok(Exit::Done)
}

fn sort(all: &mut [Tracked], by: Sort) {
    match by {
        Sort::Name => all.sort_by_key(|one| one.repository.to_lowercase()),
        Sort::Installs => all.sort_by_key(|one| std::cmp::Reverse(one.installs)),
        Sort::Views => all.sort_by_key(|one| std::cmp::Reverse(one.views)),
        Sort::Age => all.sort_by(|one, other| other.captured_at.cmp(&one.captured_at)),
    }
}

/// Finds settings files, not below hidden folders and not through links.
fn scan(context: &Context, dir: &Path, depth: usize, out: &mut Vec<(String, Project)>) {
    let file = dir.join(PROJECT_FILE);
    if let Ok(bytes) = context.disk.read(&file)
        && let Ok(project) = Project::parse(&bytes)
    {
        out.push((dir.display().to_string(), project));
    }
    if depth == 0 {
        return;
    }
    for entry in context.disk.list(dir).unwrap_or_default() {
        let hidden = entry.name.to_str().is_none_or(|name| name.starts_with('.'));
        if entry.kind == Kind::Dir && !hidden {
            scan(context, &dir.join(&entry.name), depth - 1, out);
        }
    }
}

/// Reads the state of each; one that fails marks its own line.
fn read_all(forge: &Client, all: &mut Vec<Tracked>, orphans: bool) {
    *all = at_once(all, |one| {
        let mut one = one.clone();
        if let Err(error) = read_one(forge, &mut one, orphans) {
            one.error = Some(error.to_string());
        }
        one
    });
}

fn read_one(forge: &Client, one: &mut Tracked, orphans: bool) -> Result<(), ForgeError> {
    let gist = match &one.badge_gist {
        Some(id) => found(gists::get(forge, id))?,
        None => None,
    };
    match gist {
        None if one.badge_gist.is_some() => one.flag(Flag::Missing),
        None => {}
        Some(gist) => {
            // A gist of somebody else's is in no list, and there all the same.
            one.flags.retain(|flag| *flag != Flag::Missing);
            let bytes = gists::content(forge, &gist, "state.json")?.unwrap_or_default();
            match Json::parse(&bytes) {
                Ok(Json::Object(state)) => numbers(one, &state),
                Ok(_) | Err(_) => one.error = Some("state.json is not a JSON object".to_owned()),
            }
        }
    }
    if orphans && let Ok(name) = one.repository.parse::<RepoName>() {
        let seen = found(repository::get(forge, &name))?;
        if seen
            .as_ref()
            .is_some_and(|seen| !seen.full_name.same(&name))
        {
            one.flag(Flag::Moved);
        }
        let variable = match seen {
            Some(seen) => found(variables::get(forge, &seen.full_name, BADGE_VARIABLE))?,
            None => None,
        };
        let named = variable.map(|variable| variable.value);
        if one.badge_gist.is_some() && named != one.badge_gist {
            one.flag(Flag::Orphan);
        }
    }
    Ok(())
}

fn numbers(one: &mut Tracked, state: &Object) {
    let captured = state
        .list("dailyHistory")
        .iter()
        .filter_map(|row| row.object()?.text("capturedAt"))
        .max();
    one.captured_at = captured.map(str::to_owned);
    one.installs = Some(state.or_zero("totalDownloads") + state.or_zero("totalOrganicClones"));
    one.views = Some(state.or_zero("totalViews"));
}

fn show(context: &Context, args: &ListArgs, all: &[Tracked]) {
    let out = &context.out;
    if out.json_wanted() {
        out.json(json!({ "repositories": all }));
        return;
    }
    if args.ids_only {
        for id in all.iter().filter_map(|one| one.badge_gist.as_deref()) {
            out.data(&format!("{id}\n"));
        }
        return;
    }
    if all.is_empty() {
        out.hint(if args.orphans {
            "every gist is named by its repository"
        } else {
            "nothing is tracked; `piton traffic create` sets it up"
        });
        return;
    }
    out.table(&table(context, all), !args.no_headers);
    for one in all {
        if let Some(why) = &one.error {
            out.warn(&format!("{}: {why}", one.repository));
        }
    }
}

fn table(context: &Context, all: &[Tracked]) -> Table {
    let now = context.clock.now();
    let mut table = Table::new(&[
        "repository",
        "badges",
        "archive",
        "directory",
        "captured",
        "installs",
        "views",
        "flags",
    ]);
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let number = |value: Option<i64>| value.map_or_else(|| "-".to_owned(), |n| n.to_string());
    for one in all {
        let captured = match one.captured_at.as_deref().map(str::parse) {
            Some(Ok(at)) => context.out.moment(at, now),
            Some(Err(_)) | None => text(&one.captured_at),
        };
        let mut flags: Vec<&str> = one.flags.iter().map(|flag| flag.as_str()).collect();
        if one.error.is_some() {
            flags.push("unreadable");
        }
        let directory = match &one.directory {
            Some(directory) if one.directory_exists => directory.clone(),
            Some(directory) => format!("{directory} (gone)"),
            None => "-".to_owned(),
        };
        let cells = [
            one.repository.clone(),
            text(&one.badge_gist),
            text(&one.archive_gist),
            directory,
            captured,
            number(one.installs),
            number(one.views),
            flags.join(","),
        ];
        table.row(cells.map(Cell::from));
    }
    table
}
