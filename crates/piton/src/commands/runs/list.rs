//! `piton runs list`: a row for each run.

use clap::Args;
use jiff::Timestamp;
use piton_base::Clock;
use piton_loop::runs::{self, FinalStatus, ListedRun, RunState};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Cell, Table, Tone};
use crate::records::unreadable;

/// List the runs, the newest first
///
/// On a terminal a table; piped, columns with tabs between them. A run whose
/// process is gone before its end is `killed`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton runs list
  piton runs list --limit 5 --json")]
pub(crate) struct ListArgs {
    /// At most N of them
    #[arg(long, value_name = "N")]
    limit: Option<usize>,

    /// Leave out the line of headers
    #[arg(long)]
    no_headers: bool,
}

pub(super) fn run(context: &Context, args: &ListArgs) -> CommandResult {
    let runs = context.place()?.state().runs();
    let mut listed = runs::list(&context.disk, &runs).map_err(unreadable)?;
    listed.truncate(args.limit.unwrap_or(usize::MAX));
    if context.out.json_wanted() {
        let rows: Vec<Value> = listed.iter().map(row).collect();
        context.out.json(json!({"runs": rows}));
        return Ok(Exit::Done);
    }
    let now = context.clock.now();
    let mut table = Table::new(&[
        "run", "status", "started", "calls", "tokens", "cost", "command",
    ]);
    for run in &listed {
        table.row(cells(context, run, now));
    }
    context.out.table(&table, !args.no_headers);
    if listed.is_empty() && context.out.stdout_is_terminal() {
        context.out.hint("no agent was called here yet");
    }
    Ok(Exit::Done)
}

/// Returns how a run ended, in a word.
pub(super) fn status(run: &ListedRun) -> &'static str {
    match (run.state, run.summary.as_ref().map(|it| it.final_status)) {
        (RunState::Over, None | Some(FinalStatus::Running)) => "killed",
        (RunState::Live, None) => "running",
        (_, Some(status)) => status.as_str(),
    }
}

fn row(run: &ListedRun) -> Value {
    json!({
        "run": run.id.as_str(),
        "status": status(run),
        "live": run.state == RunState::Live,
        "summary": run.summary,
    })
}

fn cells(context: &Context, run: &ListedRun, now: Timestamp) -> [Cell; 7] {
    let summary = run.summary.as_ref();
    let dash = || "-".to_owned();
    let started = summary
        .and_then(|it| it.started_at.parse().ok())
        .map_or_else(dash, |at| context.out.moment(at, now));
    let calls = summary.map_or(0, |it| it.counts.calls);
    let tokens = summary
        .and_then(|it| it.usage)
        .map_or_else(dash, |usage| usage.total().to_string());
    let cost = summary
        .and_then(|it| it.cost_usd)
        .map_or_else(dash, |cost| format!("${cost:.2}"));
    let command = summary.map_or("-", |it| it.command.as_str());
    [
        run.id.as_str().into(),
        Cell::toned(status(run), tone(run)),
        started.into(),
        calls.to_string().into(),
        tokens.into(),
        cost.into(),
        command.into(),
    ]
}

fn tone(run: &ListedRun) -> Tone {
    match (run.state, run.summary.as_ref().map(|it| it.final_status)) {
        (RunState::Live, _) => Tone::Live,
        (RunState::Over, None | Some(FinalStatus::Running)) => Tone::Bad,
        (RunState::Over, Some(FinalStatus::Completed)) => Tone::Good,
        (RunState::Over, Some(status)) if status.is_failure() => Tone::Bad,
        (RunState::Over, Some(_)) => Tone::Waits,
    }
}
