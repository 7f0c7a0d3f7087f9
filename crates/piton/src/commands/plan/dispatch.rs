//! `piton plan dispatch`: starts the workflow that carries a stored plan out.

use std::collections::BTreeMap;

use clap::Args;
use piton_backend::header::Stamp;
use piton_backend::operation::{BackendOp, RecordDispatch};
use piton_backend::store::PlanId;
use piton_base::{Clock, Digest};
use piton_github::endpoints::runs::{self, Said, Stage};
use piton_github::endpoints::{actions, repository};
use piton_github::operation::{Dispatch, ForgeOp, RUN_ID, RUN_NODE};
use piton_github::{Client, RepoName, found};
use piton_plan::{Handle, PlanBuilder, Receipt, Slot};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::stored::target::{header, with_plan};
use crate::stored::{DispatchedHere, StoredPlace, Terms, WORKFLOW, Worthy, send_waiting};

/// Start the workflow that carries a stored plan out
///
/// `piton init --ci` installs that workflow. The plan's text is pinned: what is
/// changed afterwards is refused. The run is recorded in the plan; after a lost
/// answer it is looked for, and never started twice.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan dispatch 42 --dry-run
  piton plan dispatch 42
  piton plan dispatch 42 --run 22035662991      record a run that was started")]
pub(crate) struct DispatchArgs {
    /// The plan; without one, that of this folder or branch
    target: Option<String>,

    /// Start nothing; record this run
    #[arg(long, value_name = "RUN", conflicts_with_all = ["workflow", "git_ref", "again"])]
    run: Option<u64>,

    /// The workflow's file
    #[arg(long, value_name = "FILE", default_value = WORKFLOW)]
    workflow: String,

    /// The branch whose workflow is started; default: the default branch
    #[arg(long = "ref", value_name = "BRANCH")]
    git_ref: Option<String>,

    /// Start it although a run is under way
    #[arg(long)]
    again: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &DispatchArgs) -> CommandResult {
    let stored = StoredPlace::find(context)?;
    let worthy = with_plan(context, args.target.as_deref(), |backend, id| {
        Worthy::look(backend, &id, Terms::default())
    })?;
    let id = &worthy.document.id;
    let header = header(&worthy.document)?;
    let (client, repo) = stored.code(context)?;
    let mut builder = PlanBuilder::new("plan dispatch");
    if let Some(run) = args.run {
        record(&mut builder, (&client, &repo), id, run)?;
    } else {
        let before = header.text("last_dispatched_run_id");
        let started = start(&mut builder, (&client, &repo), &worthy, args, before)?;
        let recorded = builder.add(Op::from(BackendOp::RecordDispatch(RecordDispatch {
            plan: id.clone(),
            run: Slot::After(started.output(&RUN_ID)),
            node: Slot::After(started.output(&RUN_NODE)),
            at: Stamp::write(context.clock.now()),
        })));
        builder.depend(&recorded, &started);
    }
    let plan = builder.build()?;
    let place = context.place()?;
    let ended = context.site(&place).carry_out_and_tell(&args.plan, &plan)?;
    let exit = ended.exit;
    if !args.plan.changes_nothing() {
        let told = |receipt: &Receipt| receipt.outputs.get(RUN_ID.name())?.as_u64();
        let run = args.run.or_else(|| ended.receipts.iter().find_map(told));
        if let Some(run) = run {
            DispatchedHere::new(id.clone(), repo.clone(), run, context.clock.now())
                .remember(context, &stored);
        }
        send_waiting(context);
        if exit != Exit::Done && args.run.is_none() {
            context.out.hint(&format!(
                "`piton plan dispatch {id}` again looks for the run before it starts one; `piton plan dispatch {id} --run RUN` records one that you know"
            ));
        }
    }
    Ok(exit)
}

/// Records a run that somebody else started.
fn record(
    builder: &mut PlanBuilder<Op>,
    (client, repo): (&Client, &RepoName),
    id: &PlanId,
    run: u64,
) -> Result<(), CommandError> {
    let found = look(client, repo, run)?
        .ok_or_else(|| CommandError::failed(format!("{repo} has no run {run}")))?;
    builder.add(Op::from(BackendOp::RecordDispatch(RecordDispatch {
        plan: id.clone(),
        run: Slot::Known(run),
        node: Slot::Known(found.node_id),
        at: Stamp::write(found.created_at),
    })));
    Ok(())
}

/// Starts the workflow, unless the run that was dispatched before goes on.
fn start(
    builder: &mut PlanBuilder<Op>,
    (client, repo): (&Client, &RepoName),
    worthy: &Worthy,
    args: &DispatchArgs,
    before: Option<&str>,
) -> Result<Handle, CommandError> {
    let id = &worthy.document.id;
    if !args.again {
        refuse_running(client, repo, id.as_str(), before)?;
    }
    let workflow = found(actions::get(client, repo, &args.workflow))?;
    let workflow = workflow.ok_or_else(|| {
        CommandError::failed(format!("{repo} has no workflow {}", args.workflow))
            .hint("`piton init --ci` writes it; commit it to the default branch and push")
    })?;
    if !workflow.active() {
        return Err(CommandError::failed(format!(
            "the workflow {} is switched off ({})",
            args.workflow, workflow.state
        )));
    }
    let reference = match &args.git_ref {
        Some(named) => named.clone(),
        None => repository::get(client, repo)?.default_branch,
    };
    let digest = worthy.source.digest().hex();
    Ok(builder.add(Op::from(ForgeOp::Dispatch(Dispatch {
        repository: repo.clone(),
        workflow: args.workflow.clone(),
        reference,
        inputs: BTreeMap::from([
            ("plan".to_owned(), id.to_string()),
            ("digest".to_owned(), digest.clone()),
        ]),
        distinct: Some(distinct(id.as_str(), &digest, before)),
    }))))
}

/// Refuses to start a run beside one that is under way.
fn refuse_running(
    client: &Client,
    repo: &RepoName,
    plan: &str,
    before: Option<&str>,
) -> Result<(), CommandError> {
    let Some(run) = before.and_then(|run| run.parse().ok()) else {
        return Ok(());
    };
    match look(client, repo, run)? {
        Some(run) if run.status != Some(Said::Known(Stage::Completed)) => {
            Err(CommandError::failed(format!(
                "plan {plan} was dispatched already: run {} is {}",
                run.id,
                run.status
                    .map_or_else(|| "under way".to_owned(), |stage| stage.to_string())
            ))
            .hint(format!("{}; --again starts another one", run.html_url)))
        }
        Some(_) | None => Ok(()),
    }
}

fn look(client: &Client, repo: &RepoName, run: u64) -> Result<Option<runs::Run>, CommandError> {
    Ok(found(runs::get(client, repo, run))?)
}

/// Returns what tells the run apart: the same for the same text until a run is
/// recorded, so that it is found again whatever got lost.
fn distinct(plan: &str, digest: &str, before: Option<&str>) -> String {
    let said = format!("{plan}\n{digest}\n{}", before.unwrap_or_default());
    format!("piton-{}", &Digest::of(said.as_bytes()).hex()[..16])
}
