//! `piton status`: what stands where, on one screen.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use piton_base::Clock;
use piton_base::terminal::clean;
use piton_git::landing::Onto;
use piton_github::endpoints::runs as actions;
use piton_loop::runs::{self, ListedRun, RunState};
use piton_loop::work::Accepted;
use piton_loop::work::accepted::{self, Held};
use piton_migration::listing::{self, Filter, Row};
use piton_migration::manifest::Status;
use piton_migration::publish::Leftovers as _;
use piton_plan::journal;
use serde_json::{Value, json};

use super::disk_use::DiskUse;
use crate::commands::runs::overview::counted;
use crate::context::{CONFIG_FILE, Context, Place};
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{ago, local_time, wrap};
use crate::stored::{DispatchedHere, StoredPlace};
use crate::world::Publishing;

/// Show what is ready, what is planned, what waits for you and what runs
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  piton status
  piton status --porcelain      one line for a prompt
  piton status --json | jq .result.waiting")]
pub(crate) struct StatusArgs {
    /// One line of counts, fast enough for a shell prompt
    #[arg(long, conflicts_with = "json")]
    porcelain: bool,
}

pub(crate) fn run(context: &Context, args: &StatusArgs) -> CommandResult {
    let place = context.place()?;
    let rows = rows(context, &place)?;
    if args.porcelain {
        let counts = Sorted::of(&rows);
        context.out.data(&format!(
            "ready {} planning {} waiting {} broken {}\n",
            counts.ready.len(),
            counts.planning.len(),
            counts.waiting.len(),
            counts.broken.len()
        ));
        return Ok(Exit::Done);
    }
    let seen = Seen::look(context, &place, &rows)?;
    if context.out.json_wanted() {
        context.out.json(seen.json());
    } else {
        context
            .out
            .data(&wrap(&seen.text(context), context.out.width()));
    }
    Ok(Exit::Done)
}

fn rows(context: &Context, place: &Place) -> Result<Vec<Row>, CommandError> {
    Ok(listing::list(
        &context.disk,
        &place.live(),
        Filter::default(),
    )?)
}

/// The migrations by what they need.
struct Sorted<'r> {
    waiting: Vec<&'r Row>,
    ready: Vec<&'r Row>,
    planning: Vec<&'r Row>,
    broken: Vec<&'r Row>,
}

impl<'r> Sorted<'r> {
    fn of(rows: &'r [Row]) -> Self {
        let mut sorted = Self {
            waiting: Vec::new(),
            ready: Vec::new(),
            planning: Vec::new(),
            broken: Vec::new(),
        };
        for row in rows {
            let blocked = row.cursor.ends_with("blocked") || has_ended(row) || is_hollow(row);
            match row.status {
                None => sorted.broken.push(row),
                Some(Status::Skipped | Status::Done) => {}
                Some(_) if row.awaiting_human_review => sorted.waiting.push(row),
                Some(_) if blocked => sorted.broken.push(row),
                Some(Status::Ready | Status::InProgress) => sorted.ready.push(row),
                Some(Status::Planning) => sorted.planning.push(row),
            }
        }
        sorted
    }
}

/// Whether a plan is still being made whose record says that it was made.
fn has_ended(row: &Row) -> bool {
    row.cursor.starts_with("planning:terminal-")
}

/// Whether it is to be carried out, and there is nothing in it.
fn is_hollow(row: &Row) -> bool {
    match row.status {
        Some(Status::Ready | Status::InProgress) => row.phases == 0,
        Some(Status::Planning | Status::Skipped | Status::Done) | None => false,
    }
}

/// Returns the reason of a list's row in words.
fn what_is_wrong(row: &Row) -> &str {
    match row.reason.as_deref() {
        Some("planning-state-missing") => "its planning record is missing",
        Some("planning-state-invalid") => "its planning record cannot be used",
        Some("invalid-current-phase") => "its current phase is none of its phases",
        Some("missing-manifest") => "its manifest is missing",
        Some(reason) => reason,
        None if has_ended(row) => "its planning has ended, and its manifest does not know",
        None if is_hollow(row) => "it is ready, and its manifest lists no phases",
        None => "it cannot be used",
    }
}

/// All that the screen shows.
struct Seen<'r> {
    sorted: Sorted<'r>,
    over: usize,
    running: Vec<ListedRun>,
    /// What was accepted, and waits to land.
    unlanded: Vec<Accepted>,
    /// What ended within the last day.
    lately: Lately,
    wrong: Vec<(String, String)>,
    dispatched: Vec<Dispatched>,
    disk: DiskUse,
    /// Whether it has settings of its own.
    is_set_up: bool,
    now: Timestamp,
}

/// A run that was dispatched from here, and how it stands.
struct Dispatched {
    here: DispatchedHere,
    state: String,
}

impl Dispatched {
    fn json(&self) -> Value {
        json!({
            "plan": self.here.plan,
            "run": self.here.run,
            "state": self.state,
            "at": self.here.at,
        })
    }
}

/// How many runs are asked for.
const ASKED: usize = 5;

/// Asks how the newest runs stand that were dispatched from here; those that
/// ended more than a day ago are no news. Where nothing was dispatched, nobody
/// is asked.
fn dispatched(context: &Context, now: Timestamp) -> Vec<Dispatched> {
    let Ok(stored) = StoredPlace::find(context) else {
        return Vec::new();
    };
    let mut newest = DispatchedHere::all(context, &stored);
    newest.retain(|one| now.duration_since(one.at) < SignedDuration::from_hours(7 * 24));
    newest.truncate(ASKED);
    if newest.is_empty() {
        return Vec::new();
    }
    let client = crate::forge::client(context, &stored.settings).ok();
    newest
        .into_iter()
        .filter_map(|here| {
            let run = client
                .as_ref()
                .and_then(|client| actions::get(client, &here.repository, here.run).ok());
            let over = run.as_ref().is_some_and(|run| run.conclusion.is_some())
                && now.duration_since(here.at) > SignedDuration::from_hours(24);
            let state = run
                .and_then(|run| run.conclusion.or(run.status))
                .unwrap_or_else(|| "unknown".to_owned());
            (!over).then_some(Dispatched { here, state })
        })
        .collect()
}

/// What the runs of the last day came to.
#[derive(Default)]
struct Lately {
    runs: u32,
    failed: u32,
    commits: u32,
    tokens: Option<u64>,
    cost: Option<f64>,
}

impl<'r> Seen<'r> {
    fn look(context: &Context, place: &Place, rows: &'r [Row]) -> Result<Self, CommandError> {
        let now = context.clock.now();
        let listed = runs::list(&context.disk, &place.state().runs()).map_err(|error| {
            CommandError::failed("could not read the run records").with_source(error)
        })?;
        let sorted = Sorted::of(rows);
        let mut wrong = Vec::new();
        for row in &sorted.broken {
            wrong.push((
                format!("{}: {}", row.slug, what_is_wrong(row)),
                format!("piton migration doctor {}", row.slug),
            ));
        }
        if Publishing::new(&place.repository, place.live())
            .publisher()
            .is_anything_left()
        {
            wrong.push((
                "an interrupted publish is to be finished".to_owned(),
                "any command that writes finishes it".to_owned(),
            ));
        }
        let site = context.site(place);
        let open = journal::list(&context.disk, &site.journals())
            .unwrap_or_default()
            .iter()
            .filter(
                |one| matches!(&one.journal, Ok(begun) if begun.status == journal::Status::Stopped),
            )
            .count();
        if open > 0 {
            wrong.push((
                format!(
                    "{} cut off",
                    if open == 1 {
                        "a plan was".to_owned()
                    } else {
                        format!("{open} plans were")
                    }
                ),
                "piton journal list".to_owned(),
            ));
        }
        let mut unlanded = Vec::new();
        for held in accepted::all(&context.disk, &place.repository, place.state().path())? {
            match held {
                Held::Work(work) => unlanded.push(*work),
                Held::Lost { name, .. } => wrong.push((
                    format!("nobody knows any more where accepted work was to land: {name}"),
                    format!("git show refs/piton/unlanded/{name}"),
                )),
            }
        }
        Ok(Self {
            unlanded,
            over: rows
                .iter()
                .filter(|row| matches!(row.status, Some(Status::Done | Status::Skipped)))
                .count(),
            lately: Lately::of(&listed, now),
            running: listed
                .into_iter()
                .filter(|run| run.state == RunState::Live)
                .collect(),
            sorted,
            wrong,
            dispatched: dispatched(context, now),
            disk: DiskUse::look(context, place),
            is_set_up: context
                .disk_has(&place.top().join(CONFIG_FILE))
                .unwrap_or(true),
            now,
        })
    }

    fn json(&self) -> Value {
        let row = |row: &&Row| {
            json!({
                "slug": row.slug.as_str(),
                "status": row.status.map(Status::as_str),
                "at": row.cursor,
                "reason": row.reason,
                "phases": row.phases,
                "phases_done": row.phases_done,
            })
        };
        let list = |rows: &[&Row]| rows.iter().map(row).collect::<Vec<_>>();
        let running: Vec<Value> = self
            .running
            .iter()
            .map(|run| {
                let summary = run.summary.as_ref();
                json!({
                    "run": run.id.as_str(),
                    "command": summary.map(|it| &it.command),
                    "started_at": summary.map(|it| &it.started_at),
                })
            })
            .collect();
        let wrong: Vec<Value> = self
            .wrong
            .iter()
            .map(|(what, next)| json!({"what": what, "next": next}))
            .collect();
        json!({
            "waiting": list(&self.sorted.waiting),
            "ready": list(&self.sorted.ready),
            "planning": list(&self.sorted.planning),
            "over": self.over,
            "running": running,
            "unlanded": self.unlanded.iter().map(unlanded_json).collect::<Vec<_>>(),
            "last_day": {
                "runs": self.lately.runs,
                "failed": self.lately.failed,
                "commits": self.lately.commits,
                "tokens": self.lately.tokens,
                "cost_usd": self.lately.cost,
            },
            "dispatched": self.dispatched.iter().map(Dispatched::json).collect::<Vec<_>>(),
            "disk": self.disk.json(),
            "wrong": wrong,
        })
    }

    fn text(&self, context: &Context) -> String {
        // Writing to a string cannot fail.
        let mut out = String::new();
        let width = context.out.width();
        let mut section = |title: &str, colour: AnsiColor, lines: Vec<(String, String)>| {
            if lines.is_empty() {
                return;
            }
            let style = colour.on_default().bold();
            let _ = writeln!(out, "{style}{title}{style:#}");
            for (what, next) in lines {
                let _ = writeln!(
                    out,
                    "  {}",
                    piton_base::terminal::cut(&clean(&what), width - 2)
                );
                if !next.is_empty() {
                    let _ = writeln!(out, "      {next}");
                }
            }
        };
        let each = |rows: &[&Row], line: &dyn Fn(&Row) -> (String, String)| {
            rows.iter().map(|row| line(row)).collect::<Vec<_>>()
        };
        section(
            "waiting for you",
            AnsiColor::Yellow,
            each(&self.sorted.waiting, &|row| {
                let why = row.reason.as_deref().unwrap_or("it does not say why");
                (
                    format!("{}: {why}", row.slug),
                    format!("piton migration review {}", row.slug),
                )
            }),
        );
        let mut unlanded: Vec<(String, String)> = self
            .unlanded
            .iter()
            .map(|work| {
                (
                    format!("{}, on {}", work.subject, onto(work)),
                    String::new(),
                )
            })
            .collect();
        // One command lands all of them.
        if let Some((_, next)) = unlanded.last_mut() {
            "commit or put aside what is in the way; the next `piton run` lands it"
                .clone_into(next);
        }
        section("accepted, and waits to land", AnsiColor::Yellow, unlanded);
        section(
            "running now",
            AnsiColor::Cyan,
            self.running
                .iter()
                .map(|run| {
                    let summary = run.summary.as_ref();
                    let command = summary.map_or("a run", |it| it.command.as_str());
                    let since = summary
                        .and_then(|it| it.started_at.parse::<Timestamp>().ok())
                        .map_or_else(String::new, |at| format!(", began {}", ago(at, self.now)));
                    (format!("{command}{since}"), String::new())
                })
                .collect(),
        );
        let mut ready = each(&self.sorted.ready, &|row| {
            let (done, of) = (row.phases_done, row.phases);
            (
                format!("{}: {done} of {of} phases done", row.slug),
                String::new(),
            )
        });
        // One command carries out all of them.
        if let Some((_, next)) = ready.last_mut() {
            "piton run --focus-on-live-migrations".clone_into(next);
        }
        section("ready", AnsiColor::Green, ready);
        section(
            "being planned",
            AnsiColor::Blue,
            each(&self.sorted.planning, &|row| {
                let step = row.cursor.trim_start_matches("planning:");
                (
                    format!("{}: next is {step}", row.slug),
                    format!("piton migration step {}", row.slug),
                )
            }),
        );
        section(
            "dispatched",
            AnsiColor::Cyan,
            self.dispatched
                .iter()
                .map(|one| {
                    let age = ago(one.here.at, self.now);
                    let what = format!(
                        "plan {}: run {} is {}, began {age}",
                        one.here.plan, one.here.run, one.state
                    );
                    (what, String::new())
                })
                .collect(),
        );
        section("wrong here", AnsiColor::Red, self.wrong.clone());
        let _ = writeln!(out, "{}", self.lately.text(self.now));
        if self.over > 0 {
            let are = if self.over == 1 { "is" } else { "are" };
            let _ = writeln!(out, "{} more {are} done or rejected", self.over);
        }
        if let Some(disk) = self.disk.text() {
            let _ = writeln!(out, "{disk}");
        }
        let nothing = self.sorted.waiting.is_empty()
            && self.sorted.ready.is_empty()
            && self.sorted.planning.is_empty()
            && self.sorted.broken.is_empty();
        if nothing {
            let unset = if self.is_set_up {
                ""
            } else {
                "piton is not set up here\n      piton init\n"
            };
            let _ = writeln!(
                out,
                "{unset}nothing is planned\n      piton migration new --target \"what shall change\""
            );
        }
        out
    }
}

fn onto(work: &Accepted) -> &str {
    match &work.onto {
        Onto::Branch(name) => name,
        Onto::Detached => "HEAD",
    }
}

fn unlanded_json(work: &Accepted) -> Value {
    json!({
        "work": work.name,
        "subject": work.subject,
        "migration": work.slug,
        "branch": onto(work),
        "commit": work.commit.as_str(),
    })
}

impl Lately {
    fn of(listed: &[ListedRun], now: Timestamp) -> Self {
        let mut lately = Self::default();
        for summary in listed.iter().filter_map(|run| run.summary.as_ref()) {
            let ended = summary
                .finished_at
                .as_deref()
                .and_then(|at| at.parse::<Timestamp>().ok());
            let Some(ended) = ended else { continue };
            if now.duration_since(ended) > SignedDuration::from_hours(24) {
                continue;
            }
            lately.runs += 1;
            lately.failed += u32::from(summary.final_status.is_failure());
            lately.commits += summary.counts.commits_created;
            if let Some(usage) = summary.usage {
                *lately.tokens.get_or_insert(0) += usage.total();
            }
            if let Some(cost) = summary.cost_usd {
                *lately.cost.get_or_insert(0.0) += cost;
            }
        }
        lately
    }

    fn text(&self, now: Timestamp) -> String {
        let since = local_time(now - SignedDuration::from_hours(24));
        if self.runs == 0 {
            return format!("since {since}: no run ended");
        }
        let mut text = format!(
            "since {since}: {}, {} failed, {}",
            counted(self.runs, "run"),
            self.failed,
            counted(self.commits, "commit")
        );
        if let Some(tokens) = self.tokens {
            let _ = write!(text, ", {tokens} tokens");
        }
        if let Some(cost) = self.cost {
            let _ = write!(text, ", ${cost:.2}");
        }
        text
    }
}
