//! `piton runs show`: all of one run.

use std::fmt::Write as _;

use clap::Args;
use piton_loop::runs::{self, Event, FullRun, ListedCall, Overview, Recorded, RunId};
use serde_json::{Value, json};

use super::follow::follow;
use super::list::status;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::output::local_time;
use crate::records::{overview, unreadable};

/// Show one run: its calls, the result of each, where everything is kept
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton runs show                 the newest
  piton runs show 20260601T12     by the start of its name
  piton runs show --follow        the newest, while it goes on
  piton runs show --json | jq .result.calls")]
pub(crate) struct ShowArgs {
    /// The run, or the start of its name; the newest when left out
    #[arg(add = crate::completing::runs())]
    run: Option<String>,

    /// Show what happens as it happens, until the run ends
    #[arg(long)]
    follow: bool,
}

pub(super) fn run(context: &Context, args: &ShowArgs) -> CommandResult {
    let runs = context.place()?.state().runs();
    let listed = runs::list(&context.disk, &runs).map_err(unreadable)?;
    let ids: Vec<&RunId> = listed.iter().map(|run| &run.id).collect();
    let id = choose(&ids, args.run.as_deref())?;
    if args.follow && context.out.json_wanted() {
        return Err(CommandError::usage("--follow has no single document")
            .hint("`--follow --events -` prints each event as a line of JSON"));
    }
    if args.follow {
        return follow(context, &runs, id);
    }
    let full = runs::show(&context.disk, &runs, id).map_err(unreadable)?;
    if context.out.json_wanted() {
        context.out.json(document(&full));
    } else {
        context.out.data(&text(&full, context.out.width()));
    }
    Ok(Exit::Done)
}

fn choose<'a>(ids: &[&'a RunId], wanted: Option<&str>) -> Result<&'a RunId, CommandError> {
    let hint = "`piton runs list` names them";
    let Some(start) = wanted else {
        return ids.first().copied().ok_or_else(|| {
            CommandError::usage("could not show a run: no agent was called here yet")
        });
    };
    let fitting: Vec<_> = ids
        .iter()
        .filter(|id| id.as_str().starts_with(start))
        .collect();
    match fitting.as_slice() {
        [one] => Ok(one),
        [] => Err(CommandError::usage(format!("could not find a run {start}")).hint(hint)),
        several => Err(CommandError::usage(format!(
            "could not choose between {} runs whose names begin with {start}",
            several.len()
        ))
        .hint(hint)),
    }
}

fn document(full: &FullRun) -> Value {
    let calls: Vec<Value> = full
        .calls
        .iter()
        .map(|call| json!({"dir": call.dir, "call": call.call, "verdict": call.verdict}))
        .collect();
    json!({
        "run": full.run.id.as_str(),
        "status": status(&full.run),
        "dir": full.dir,
        "summary": full.run.summary,
        "calls": calls,
        "events": full.events,
    })
}

fn text(full: &FullRun, width: usize) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "run {} ({})", full.run.id, status(&full.run));
    if let Some(summary) = &full.run.summary {
        let _ = writeln!(out, "  command   {}", summary.command);
        let _ = writeln!(out, "  started   {}", local(&summary.started_at));
        if let Some(finished) = &summary.finished_at {
            let _ = writeln!(out, "  finished  {}", local(finished));
        }
        if let Some(sealed) = &summary.sealed {
            let _ = writeln!(out, "  agents    {}", sealed.agents);
            for (who, standing) in [("checks", &sealed.validation), ("hooks", &sealed.others)] {
                if *standing != sealed.agents {
                    let _ = writeln!(out, "  {who:<8}  {standing}");
                }
            }
        }
        if let Some(error) = &summary.error_message {
            let _ = writeln!(out, "  error     {error}");
        }
    }
    let _ = writeln!(out, "  kept in   {}", full.dir.display());
    // A newer piton may have told things that this one does not know.
    let events = full.events.iter().cloned().map(serde_json::from_value);
    let events: Vec<Recorded> = events.filter_map(Result::ok).collect();
    let mut news = Overview::default();
    for told in &events {
        news.take(told.clone());
    }
    if !news.actions.is_empty() {
        let _ = writeln!(out, "\n{}", overview::lines(&news, width).trim_end());
    }
    for call in &full.calls {
        out.push_str(&match validated(&events, call) {
            Some(verdict) => validation_text(call, &verdict),
            None => call_text(call),
        });
    }
    let snapshots = full.run.summary.iter().flat_map(|it| &it.attempts);
    for path in snapshots.filter_map(|attempt| attempt.reason_doc_path.as_ref()) {
        let _ = writeln!(out, "\nfailure report: {path}");
    }
    out
}

/// A stamp that is no moment stays as it is.
fn local(stamp: &str) -> String {
    stamp.parse().map_or_else(|_| stamp.to_owned(), local_time)
}

fn name(call: &ListedCall) -> std::borrow::Cow<'_, str> {
    call.dir.file_name().unwrap_or_default().to_string_lossy()
}

/// Returns what the events say that a validation came to, if it is one: it is
/// no call of an agent, and has its output alone.
fn validated(events: &[Recorded], call: &ListedCall) -> Option<String> {
    let number: u32 = name(call).split_once('-')?.0.parse().ok()?;
    events.iter().rev().find_map(|told| {
        if matches!(&told.event, Event::ValidationFinished { call, .. } if *call == number) {
            return Some(told.event.message());
        }
        matches!(&told.event, Event::ValidationStarted { call, .. } if *call == number)
            .then(|| "nothing: it was cut off".to_owned())
    })
}

fn validation_text(call: &ListedCall, verdict: &str) -> String {
    let name = name(call);
    format!("\nvalidation {name}\n  result    {verdict}\n  kept in   calls/{name}\n")
}

fn call_text(call: &ListedCall) -> String {
    let name = name(call);
    let mut out = format!("\ncall {name}\n");
    if let Some(record) = &call.call {
        let version = record
            .version
            .as_ref()
            .map_or_else(String::new, |version| format!(" {version}"));
        let model = record.answered_by.as_deref().or(record.model.as_deref());
        let model = model.unwrap_or("its own model");
        let _ = writeln!(out, "  agent     {}{version}, {model}", record.agent);
        let seconds = record.duration_ms / 1000;
        let _ = writeln!(out, "  took      {seconds} s, {}", record.result.name());
        if let Some(usage) = &record.usage {
            let cost = record
                .cost_usd
                .map_or_else(String::new, |cost| format!(", ${cost:.2}"));
            let _ = writeln!(out, "  consumed  {} tokens{cost}", usage.total());
        }
    }
    match &call.verdict {
        Some(verdict) => {
            // A session at the terminal asks for none.
            if verdict.effort_asked.is_some() || verdict.effort_given.is_some() {
                let asked = verdict.effort_asked.as_deref().unwrap_or("-");
                let given = verdict.effort_given.as_deref().unwrap_or("-");
                let _ = writeln!(out, "  effort    {given} (asked for {asked})");
            }
            let _ = writeln!(out, "  result    {}", verdict.summary);
        }
        None => out.push_str("  result    none was recorded\n"),
    }
    out
}
