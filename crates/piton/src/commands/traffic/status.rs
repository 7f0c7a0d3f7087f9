//! `piton traffic status`: is it collecting, and what are the numbers?

use std::fmt::Write as _;

use clap::Args;
use jiff::Timestamp;
use piton_base::Clock as _;
use piton_github::{ForgeError, RepoName};
use piton_traffic::collect::Moment;
use piton_traffic::settings::Entry;
use piton_traffic::survey::{
    Ages, Finding, Findings, Group, Subject, Summary, Survey, Verdict, examine, survey,
};
use serde_json::{Value, json};

use super::at_once::at_once;
use super::error;
use super::look::{How, client, look};
use super::place::MeantArgs;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::output::{ago, local_time};

/// Show whether traffic is collected, and the numbers
///
/// Only reads. Problems are named as `piton traffic verify` names them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic status
  piton traffic status --repo acme/widget --offline    what everybody may see
  piton traffic status --all --check                   8 where something fails")]
pub(crate) struct StatusArgs {
    /// Every repository of your list
    #[arg(long, conflicts_with_all = ["owner", "repo"])]
    all: bool,

    /// End with 8 where something fails
    #[arg(long)]
    check: bool,

    /// Ask only for what everybody may see, without a token
    #[arg(long)]
    offline: bool,

    /// How old the numbers may be
    #[arg(long, value_name = "HOURS", default_value_t = 30, value_parser = clap::value_parser!(i64).range(0..))]
    max_age: i64,

    #[command(flatten)]
    pub(super) meant: MeantArgs,
}

pub(crate) fn run(context: &Context, args: &StatusArgs) -> CommandResult {
    let place = context.place_if_any()?;
    let how = How {
        offline: args.offline,
        ..How::default()
    };
    let ages = Ages {
        fresh: args.max_age,
        stale: args.max_age.max(48),
    };
    let all = if args.all {
        every(context, args)?
    } else {
        let seen = look(context, place, &args.meant, how)?.seen;
        vec![(seen.repository.clone(), Ok(seen))]
    };
    let mut failed = false;
    let mut unreadable = false;
    let mut documents = Vec::new();
    for (at, (name, seen)) in all.iter().enumerate() {
        let (findings, summary) = match seen {
            Ok(seen) => (examine(seen, ages).0, Summary::of(seen)),
            Err(error) => {
                let reason = format!("it could not be looked at: {error}");
                let mut findings = Findings::default();
                let failed = findings.add(Verdict::Fail, Group::Gist, "badge", reason);
                failed.remedy = error.hint();
                (findings.0, None)
            }
        };
        let seen = seen.as_ref().ok();
        failed |= findings.iter().any(|one| one.verdict == Verdict::Fail);
        unreadable |= summary.is_none();
        if context.out.json_wanted() {
            documents.push(document(name, seen, summary.as_ref(), &findings));
        } else {
            if at > 0 {
                context.out.data("\n");
            }
            let text = text(name, seen, summary.as_ref(), &findings);
            context.out.data(&text);
        }
    }
    if context.out.json_wanted() {
        context.out.json(json!({ "repositories": documents }));
    }
    if all.is_empty() {
        context
            .out
            .hint("your list is empty; `piton traffic create` sets tracking up");
    }
    if args.check && failed {
        return Ok(Exit::Deviation);
    }
    if unreadable && !args.all {
        return Err(CommandError::failed("could not read the state")
            .hint("`piton traffic verify` shows what is wrong"));
    }
    Ok(Exit::Done)
}

/// Looks at each repository of the user's list, several at once. One that fails
/// does not hide the others.
fn every(context: &Context, args: &StatusArgs) -> Result<Vec<Looked>, CommandError> {
    let settings = context.settings(None)?;
    let known = super::place::Known::read(context, None, &args.meant)?;
    let forge = client(context, &settings, args.offline)?;
    let mut named: Vec<(RepoName, Entry)> = Vec::new();
    for (name, entry) in known.global.all() {
        let name = name.parse();
        let name = name.or_usage("could not use the list of tracked repositories")?;
        named.push((name, entry));
    }
    let now = Moment(context.clock.now());
    let all = at_once(&named, |(name, entry)| {
        let subject = Subject {
            repository: name,
            project: None,
            entry: Some(entry),
            named: [None, None],
            secret: None,
            checkout: None,
            offline: args.offline,
            page: false,
        };
        (name.clone(), survey(&forge, &subject, now))
    });
    match all.iter().find_map(|(_, seen)| seen.as_ref().err()) {
        Some(error) if all.iter().all(|(_, seen)| seen.is_err()) => {
            Err(error::forge("look at any of them", error.clone()))
        }
        Some(_) | None => Ok(all),
    }
}

type Looked = (RepoName, Result<Survey, ForgeError>);

fn document(
    name: &RepoName,
    seen: Option<&Survey>,
    summary: Option<&Summary>,
    findings: &[Finding],
) -> Value {
    json!({
        "repository": name.to_string(),
        "badge_gist": seen.and_then(|seen| seen.badge.id()),
        "archive_gist": seen.and_then(|seen| seen.archive.id()),
        "summary": summary,
        "problems": problems(findings),
    })
}

fn problems(findings: &[Finding]) -> Vec<&Finding> {
    let bad = |one: &&Finding| matches!(one.verdict, Verdict::Warn | Verdict::Fail);
    findings.iter().filter(bad).collect()
}

fn text(
    name: &RepoName,
    seen: Option<&Survey>,
    summary: Option<&Summary>,
    findings: &[Finding],
) -> String {
    let mut out = format!("{name}\n\n");
    let mut line = |name: &str, value: String| {
        let _ = writeln!(out, "  {name:<10}  {value}");
    };
    if let Some(seen) = seen {
        let owner = seen.badge.found().map(|gist| gist.owner.clone());
        for (name, id) in [("badges", seen.badge.id()), ("archive", seen.archive.id())] {
            let value = match (id, &owner) {
                (Some(id), Some(owner)) => format!("https://gist.github.com/{owner}/{id}"),
                (Some(id), None) => format!("gist {id}"),
                (None, _) => "no gist is known".to_owned(),
            };
            line(name, value);
        }
        if let Some(summary) = summary {
            numbers(&mut line, summary, seen.now.0);
        }
    }
    let problems = problems(findings);
    if problems.is_empty() {
        out.push_str("\n  nothing is wrong\n");
    } else {
        out.push('\n');
    }
    for one in problems {
        let _ = writeln!(out, "  {one}");
        if let Some(remedy) = &one.remedy {
            let _ = writeln!(out, "        {remedy}");
        }
    }
    out
}

fn numbers(line: &mut impl FnMut(&str, String), summary: &Summary, now: Timestamp) {
    let captured = match (summary.captured_at, summary.age_hours) {
        (Some(at), Some(hours)) => {
            let light = match hours {
                ..30 => "green",
                30..48 => "amber",
                48.. => "red",
            };
            format!("{} ({light}), {}", ago(at, now), local_time(at))
        }
        _ => "nothing yet".to_owned(),
    };
    line("captured", captured);
    if let Some(next) = summary.next_run {
        line("next run", local_time(next));
    }
    if let Some(last) = &summary.last_run {
        line("last run", last.clone());
    }
    line(
        "clones",
        format!(
            "{} ({} of CI, {} organic), {} unique",
            summary.clones, summary.ci_checkouts, summary.organic_clones, summary.unique_clones
        ),
    );
    line("downloads", summary.downloads.to_string());
    line(
        "views",
        format!("{}, {} unique", summary.views, summary.unique_views),
    );
    line(
        "lately",
        format!(
            "24 h {}, 7 days {}, 31 days {}",
            summary.last_day, summary.last_week, summary.last_month
        ),
    );
    let badges: Vec<String> = summary
        .badges
        .iter()
        .map(|(name, message)| format!("{name} {message}"))
        .collect();
    line("shown", badges.join(" · "));
    kept(line, summary);
}

/// What is kept: rows, their form, the months of the archive.
fn kept(line: &mut impl FnMut(&str, String), summary: &Summary) {
    let rows = match (&summary.first_row, &summary.last_row) {
        (Some(first), Some(last)) => format!(
            "{}, {first} to {last}, {}",
            summary.rows,
            match summary.gaps {
                0 => "no gap".to_owned(),
                gaps => format!("{gaps} days missing"),
            }
        ),
        _ => "none".to_owned(),
    };
    line("rows", rows);
    let schema = match summary.schema {
        3 => "current",
        ..3 if summary.rows == 0 => "new",
        ..3 => "old",
        4.. => "newer than this piton",
    };
    let version = summary
        .workflow_version
        .as_deref()
        .map_or_else(String::new, |version| {
            format!(", last collected by ghtraf {version}")
        });
    line(
        "state",
        format!("form {} ({schema}){version}", summary.schema),
    );
    let missing = match summary.months_missing.as_slice() {
        [] => "none missing".to_owned(),
        missing => format!("missing: {}", missing.join(", ")),
    };
    line(
        "months",
        format!("{} archived, {missing}", summary.months_archived),
    );
}
