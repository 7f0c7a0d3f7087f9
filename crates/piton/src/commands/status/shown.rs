//! The screen, in words or in JSON.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use jiff::Timestamp;
use piton_base::terminal::{clean, cut};
use piton_loop::runs::ListedRun;
use piton_migration::listing::Row;
use piton_migration::manifest::Status;
use serde_json::{Value, json};

use super::dispatched::Dispatched;
use super::seen::Seen;
use super::unlanded;
use crate::context::Context;
use crate::output::ago;

impl Seen<'_> {
    pub(super) fn json(&self) -> Value {
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
            "unlanded": self.unlanded.iter().map(unlanded::json).collect::<Vec<_>>(),
            "last_day": self.lately,
            "dispatched": self.dispatched.iter().map(Dispatched::json).collect::<Vec<_>>(),
            "disk": self.disk,
            "wrong": wrong,
        })
    }

    pub(super) fn text(&self, context: &Context) -> String {
        let mut out = String::new();
        let width = context.out.width();
        for (title, colour, lines) in self.sections() {
            if lines.is_empty() {
                continue;
            }
            let style = colour.on_default().bold();
            let _ = writeln!(out, "{style}{title}{style:#}");
            for (what, next) in lines {
                let _ = writeln!(out, "  {}", cut(&clean(&what), width - 2));
                if !next.is_empty() {
                    let _ = writeln!(out, "      {next}");
                }
            }
        }
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
                "{unset}nothing is planned\n      piton migration new --target \"what should \
                 change\""
            );
        }
        out
    }

    fn sections(&self) -> [(&'static str, AnsiColor, Vec<Line>); 7] {
        let all = |rows: &[&Row], line: fn(&Row) -> Line| {
            rows.iter().map(|row| line(row)).collect::<Vec<_>>()
        };
        let mut ready = all(&self.sorted.ready, ready);
        // One command carries out all of them.
        if let Some((_, next)) = ready.last_mut() {
            "piton run --focus-on-live-migrations".clone_into(next);
        }
        let running = self.running.iter().map(|run| running(run, self.now));
        let dispatched = self.dispatched.iter();
        [
            (
                "waiting for you",
                AnsiColor::Yellow,
                all(&self.sorted.waiting, waiting),
            ),
            (
                "accepted, and waits to land",
                AnsiColor::Yellow,
                unlanded::lines(&self.unlanded),
            ),
            ("running now", AnsiColor::Cyan, running.collect()),
            ("ready", AnsiColor::Green, ready),
            (
                "being planned",
                AnsiColor::Blue,
                all(&self.sorted.planning, planned),
            ),
            (
                "dispatched",
                AnsiColor::Cyan,
                dispatched.map(|one| under_way(one, self.now)).collect(),
            ),
            ("wrong here", AnsiColor::Red, self.wrong.clone()),
        ]
    }
}

/// What is so, and which command goes on from there.
type Line = (String, String);

fn waiting(row: &Row) -> Line {
    let why = row.reason.as_deref().unwrap_or("it does not say why");
    (
        format!("{}: {why}", row.slug),
        format!("piton migration review {}", row.slug),
    )
}

fn ready(row: &Row) -> Line {
    let (done, of) = (row.phases_done, row.phases);
    (
        format!("{}: {done} of {of} phases done", row.slug),
        String::new(),
    )
}

fn planned(row: &Row) -> Line {
    let step = row.cursor.trim_start_matches("planning:");
    (
        format!("{}: next is {step}", row.slug),
        format!("piton migration step {}", row.slug),
    )
}

fn running(run: &ListedRun, now: Timestamp) -> Line {
    let summary = run.summary.as_ref();
    let command = summary.map_or("a run", |it| it.command.as_str());
    let since = summary
        .and_then(|it| it.started_at.parse::<Timestamp>().ok())
        .map_or_else(String::new, |at| format!(", began {}", ago(at, now)));
    (format!("{command}{since}"), String::new())
}

fn under_way(one: &Dispatched, now: Timestamp) -> Line {
    let age = ago(one.here.at, now);
    let what = format!(
        "plan {}: run {} is {}, began {age}",
        one.here.plan, one.here.run, one.state
    );
    (what, String::new())
}
