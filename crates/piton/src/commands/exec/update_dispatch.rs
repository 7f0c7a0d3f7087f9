//! `piton exec update-dispatch-info`: which run carries a plan out.

use clap::Args;
use serde_json::json;

use super::answer::{Answer, Layout};
use super::report::{Report, decide_and_send, plan_id};
use crate::context::Context;
use crate::error::Exit;
use crate::stored::Undelivered;

/// Record in a plan which workflow run was dispatched for it
///
/// The answer names the plan, the run and its node. A failure goes to standard
/// error with exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec update-dispatch-info 42 22035662991 WFR_kwLO 2026-02-15T10:00:00Z")]
pub(crate) struct UpdateDispatchArgs {
    /// The plan: 42, P42, an address, or the name of a local plan
    issue: String,
    /// The run's number
    run_id: String,
    /// The run's id in GraphQL
    node_id: String,
    /// When, as 2026-02-15T10:00:00Z
    dispatched_at: String,
}

pub(super) fn run(context: &Context, args: &UpdateDispatchArgs) -> Exit {
    match decide_and_send(context, || decide(context, args)) {
        Ok(plan) => Answer::success()
            .with("issue_number", plan.to_json())
            .with("run_id", args.run_id.as_str())
            .with("node_id", args.node_id.as_str())
            .print(Layout::OneLine),
        Err(unsent) => failed(&unsent),
    }
}

/// Answers that nothing could be done.
pub(super) fn failed(unsent: &Undelivered) -> Exit {
    unsent
        .tell(Answer::failure(), "error", "Failed to update dispatch info")
        .print_failure()
}

/// Decides what is reported.
pub(super) fn decide(context: &Context, args: &UpdateDispatchArgs) -> Result<Report, Undelivered> {
    let patch = [
        ("last_dispatched_run_id", json!(args.run_id)),
        ("last_dispatched_node_id", json!(args.node_id)),
        ("last_dispatched_at", json!(args.dispatched_at)),
    ];
    Ok(Report::of(plan_id(context, &args.issue)?, patch))
}
