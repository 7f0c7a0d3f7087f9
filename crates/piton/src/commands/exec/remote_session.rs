//! `piton exec update-plan-remote-session`: which run and session worked on a
//! plan elsewhere.

use clap::Args;
use piton_backend::header::Stamp;
use piton_base::Clock;
use serde_json::json;

use super::answer::{Answer, Layout};
use super::report::{Report, decide_and_send, plan_id};
use crate::context::Context;
use crate::error::Exit;
use crate::stored::Undelivered;

/// Record in a plan which run and session worked on it remotely
///
/// The exit code is always 0; the answer says whether it worked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec update-plan-remote-session --issue-number 42 \\
    --run-id 77 --session-id S")]
pub(crate) struct RemoteSessionArgs {
    /// The plan
    #[arg(long, value_name = "ISSUE")]
    issue_number: String,

    /// The workflow's run
    #[arg(long, value_name = "ID")]
    run_id: String,

    /// The agent's session
    #[arg(long, value_name = "ID")]
    session_id: String,
}

pub(super) fn run(context: &Context, args: &RemoteSessionArgs) -> Exit {
    match decide_and_send(context, || decide(context, args)) {
        Ok(plan) => Answer::success()
            .with("issue_number", plan.to_json())
            .print(Layout::Indented),
        Err(unsent) => failed(&unsent),
    }
}

/// Answers that nothing could be done.
pub(super) fn failed(unsent: &Undelivered) -> Exit {
    let prefix = "Failed to update plan remote session";
    unsent
        .tell(Answer::failure(), "error_type", prefix)
        .print(Layout::Indented)
}

/// Decides what is reported.
pub(super) fn decide(context: &Context, args: &RemoteSessionArgs) -> Result<Report, Undelivered> {
    let now = Stamp::write(context.clock.now());
    let patch = [
        ("last_remote_impl_at", json!(now)),
        ("last_remote_impl_run_id", json!(args.run_id)),
        ("last_remote_impl_session_id", json!(args.session_id)),
    ];
    let report = Report::of(plan_id(context, &args.issue_number)?, patch);
    Ok(report.in_session(Some(&args.session_id)))
}
