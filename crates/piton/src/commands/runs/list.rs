//! `piton runs list`: a row for each run.

use clap::Args;
use piton_loop::runs::{self, FinalStatus, ListedRun, RunState};
use serde_json::{Value, json};

use super::unreadable;
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;

/// List the runs, the newest first
///
/// Columns with tabs between them: run, status, calls, tokens, cost, command.
/// A run that nobody finished and nobody holds is `killed`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton runs list
  piton runs list --limit 5 --json")]
pub(crate) struct ListArgs {
    /// No more than N of them
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
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
    let lines: String = listed.iter().map(line).collect();
    context.out.data(&lines);
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

fn line(run: &ListedRun) -> String {
    let summary = run.summary.as_ref();
    let calls = summary.map_or(0, |it| it.counts.calls);
    let tokens = summary
        .and_then(|it| it.usage)
        .map_or_else(|| "-".to_owned(), |usage| usage.total().to_string());
    let cost = summary
        .and_then(|it| it.cost_usd)
        .map_or_else(|| "-".to_owned(), |cost| format!("${cost:.2}"));
    let command = summary.map_or("-", |it| it.command.as_str());
    format!(
        "{}\t{}\t{calls}\t{tokens}\t{cost}\t{}\n",
        run.id,
        status(run),
        command.replace(['\t', '\n'], " ")
    )
}
