//! `piton plan list`: a row for each stored plan.

use clap::{Args, ValueEnum};
use piton_backend::store::{Document, PlanQuery, State};
use piton_base::terminal::{clean, columns, cut};
use serde_json::json;

use super::target::{failed, with};
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;

/// How wide the column of branches may be.
const BRANCH: usize = 32;

/// List stored plans, newest first
///
/// On a terminal a table; piped, columns with tabs between them: plan, stage,
/// state, branch, title.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan list
  piton plan list --state all --label erk-learn
  piton plan list --no-headers | cut -f1")]
pub(crate) struct ListArgs {
    /// Only plans in this state
    #[arg(long, value_enum, default_value_t = Wanted::Open)]
    state: Wanted,

    /// Only plans with this label; given more than once, with all of them
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,

    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 30)]
    limit: usize,

    /// Leave out the line of headers
    #[arg(long)]
    no_headers: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Wanted {
    Open,
    Closed,
    All,
}

pub(super) fn run(context: &Context, args: &ListArgs) -> CommandResult {
    let query = PlanQuery {
        labels: args.label.clone(),
        state: match args.state {
            Wanted::Open => Some(State::Open),
            Wanted::Closed => Some(State::Closed),
            Wanted::All => None,
        },
        limit: Some(args.limit),
    };
    let plans = with(context, |_, backend| backend.list(&query).map_err(failed))?;
    let out = &context.out;
    if out.json_wanted() {
        let plans: Vec<_> = plans.iter().map(row_json).collect();
        out.json(json!({ "plans": plans }));
    } else if out.stdout_is_terminal() {
        out.data(&table(&plans, !args.no_headers, out.width()));
        if plans.is_empty() {
            out.hint("none here; `piton plan create --file PLAN.md` makes one");
        }
    } else {
        let mut text = String::new();
        if !args.no_headers {
            text.push_str("plan\tstage\tstate\tbranch\ttitle\n");
        }
        for plan in &plans {
            let cells = cells(plan).map(|cell| cell.replace(['\t', '\n'], " "));
            text.push_str(&cells.join("\t"));
            text.push('\n');
        }
        out.data(&text);
    }
    Ok(Exit::Done)
}

fn branch(plan: &Document) -> Option<String> {
    let header = plan.header().ok()?;
    header.text("branch_name").map(str::to_owned)
}

fn cells(plan: &Document) -> [String; 5] {
    [
        plan.id.to_string(),
        plan.stage().to_owned(),
        plan.state.word().to_owned(),
        branch(plan).unwrap_or_else(|| "-".to_owned()),
        plan.title.clone(),
    ]
}

fn row_json(plan: &Document) -> serde_json::Value {
    json!({
        "id": plan.id,
        "title": plan.title,
        "stage": plan.stage(),
        "state": plan.state.word(),
        "branch": branch(plan),
        "labels": plan.labels,
        "url": plan.url,
        "created_at": plan.created_at,
        "updated_at": plan.updated_at,
    })
}

/// Lays rows out in columns; the last one is cut where the line ends.
fn table(plans: &[Document], headers: bool, width: usize) -> String {
    let mut rows: Vec<[String; 5]> = Vec::new();
    if headers {
        rows.push(["plan", "stage", "state", "branch", "title"].map(str::to_owned));
    }
    rows.extend(plans.iter().map(|plan| {
        let [id, stage, state, branch, title] = cells(plan);
        let short = |text: &str| cut(&clean(text), BRANCH).into_owned();
        [id, stage, state, short(&branch), clean(&title).into_owned()]
    }));
    let widest: Vec<usize> = (0..4)
        .map(|at| rows.iter().map(|row| columns(&row[at])).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(&widest) {
            line.push_str(cell);
            line.push_str(&" ".repeat(widest - columns(cell) + 2));
        }
        let room = width.saturating_sub(columns(&line)).max(12);
        line.push_str(&cut(&row[4], room));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
