//! `piton exec update-plan-remote-session`: which run and session worked on a
//! plan elsewhere.

use clap::Args;
use piton_backend::header::Stamp;
use piton_base::Clock;
use serde_json::{Value as Json, json};

use super::answer::{Answer, Layout};
use super::report::{Report, Unsent, fresh_key, place, plan_id, send};
use crate::context::Context;
use crate::exit::Exit;

/// Record in a plan which run and session worked on it remotely
///
/// The exit code is always 0; the answer says whether it worked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec update-plan-remote-session --issue-number 42 --run-id 77 --session-id S")]
pub(crate) struct RemoteSessionArgs {
    /// The plan
    #[arg(long, value_name = "ISSUE")]
    issue_number: String,

    #[arg(long, value_name = "ID")]
    run_id: String,

    #[arg(long, value_name = "ID")]
    session_id: String,
}

pub(super) fn run(context: &Context, args: &RemoteSessionArgs) -> Exit {
    let answer = match update(context, args) {
        Ok(number) => Answer::success().with("issue_number", number),
        Err(unsent) => return failed(&unsent),
    };
    answer.print(Layout::Indented)
}

/// Answers that nothing could be done.
pub(super) fn failed(unsent: &Unsent) -> Exit {
    let prefix = "Failed to update plan remote session";
    unsent
        .tell(Answer::failure(), "error_type", prefix)
        .print(Layout::Indented)
}

fn update(context: &Context, args: &RemoteSessionArgs) -> Result<Json, Unsent> {
    let place = place(context)?;
    let report = decide(context, args)?;
    let number = report.plan.to_json();
    send(context, &place, report)?;
    Ok(number)
}

/// Decides what is reported.
pub(super) fn decide(context: &Context, args: &RemoteSessionArgs) -> Result<Report, Unsent> {
    let field = |name: &str, value: Json| (name.to_owned(), value);
    Ok(Report {
        plan: plan_id(context, &args.issue_number)?,
        provider: None,
        patch: vec![
            field(
                "last_remote_impl_at",
                json!(Stamp::write(context.clock.now())),
            ),
            field("last_remote_impl_run_id", json!(args.run_id)),
            field("last_remote_impl_session_id", json!(args.session_id)),
        ],
        comment: None,
        key: fresh_key(),
        session: Some(args.session_id.clone()),
    })
}
