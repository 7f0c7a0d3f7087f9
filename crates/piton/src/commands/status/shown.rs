//! The screen, in words or in JSON.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use jiff::Timestamp;
use piton_base::terminal::clean;
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

    pub(super) fn text(&self, context: &Context) -> String {
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
        section(
            "accepted, and waits to land",
            AnsiColor::Yellow,
            unlanded::lines(&self.unlanded),
        );
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
