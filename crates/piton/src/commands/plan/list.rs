//! `piton plan list`: a row for each stored plan.

use clap::{Args, ValueEnum};
use piton_backend::store::{Document, Listing, PlanQuery, State};
use piton_base::terminal::cut;
use serde_json::json;

use super::runs::{DispatchedRun, Runs};
use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Cell, Table};
use crate::stored::target::{failed, with_plans};

/// How wide the column of branches may be.
const BRANCH: usize = 32;

/// List stored plans, newest first
///
/// On a terminal a table; piped, columns with tabs between them: plan, stage,
/// state, run, branch, title.
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
    let plans = with_plans(context, |place, backend| {
        let Listing { plans, unreadable } = backend.list(&query).map_err(failed)?;
        for (id, error) in unreadable {
            let why = piton_base::on_one_line(&error);
            let why = piton_base::terminal::clean(&why);
            context
                .out
                .warn(&format!("the plan {id} is not listed: {why}"));
        }
        let runs = Runs::of(context, place, &plans);
        Ok(plans
            .into_iter()
            .map(|plan| Listed {
                run: runs.of_plan(&plan),
                plan,
            })
            .collect::<Vec<_>>())
    })?;
    let out = &context.out;
    if out.json_wanted() {
        let plans: Vec<_> = plans.iter().map(row_json).collect();
        out.json(json!({ "plans": plans }));
    } else {
        let mut table = Table::new(&["plan", "stage", "state", "run", "branch", "title"]);
        for plan in &plans {
            let [id, stage, state, run, branch, title] = cells(plan);
            let branch = if out.stdout_is_terminal() {
                cut(&branch, BRANCH).into_owned()
            } else {
                branch
            };
            table.row([id, stage, state, run, branch, title].map(Cell::from));
        }
        out.table(&table, !args.no_headers);
        if table.is_empty() && out.stdout_is_terminal() {
            out.hint("no plans here; `piton plan create --file PLAN.md` makes one");
        }
    }
    Ok(Exit::Done)
}

fn branch(plan: &Document) -> Option<String> {
    let header = plan.header().ok()?;
    header.text("branch_name").map(str::to_owned)
}

/// A plan and the run that was dispatched for it.
struct Listed {
    plan: Document,
    run: Option<DispatchedRun>,
}

fn cells(Listed { plan, run }: &Listed) -> [String; 6] {
    [
        plan.id.to_string(),
        plan.stage().to_string(),
        plan.state.as_str().to_owned(),
        run.as_ref()
            .map_or_else(|| "-".to_owned(), |run| run.state.to_string()),
        branch(plan).unwrap_or_else(|| "-".to_owned()),
        plan.title.clone(),
    ]
}

fn row_json(Listed { plan, run }: &Listed) -> serde_json::Value {
    json!({
        "id": plan.id,
        "title": plan.title,
        "stage": plan.stage(),
        "state": plan.state.as_str(),
        "branch": branch(plan),
        "run": run.as_ref().map(|run| json!({
            "id": run.id,
            "state": run.state.to_string(),
            "url": run.url,
        })),
        "labels": plan.labels,
        "url": plan.url,
        "created_at": plan.created_at,
        "updated_at": plan.updated_at,
    })
}
