//! `piton exec mark-impl-started` and `mark-impl-ended`: work on a plan began,
//! or ended. They never fail a job: whatever happens, the exit code is 0.

use std::panic::{AssertUnwindSafe, catch_unwind};

use clap::Args;
use piton_backend::folder::Event;
use serde_json::Value as Json;

use super::answer::{Answer, Layout};
use super::event::{Scene, Trouble};
use super::report::send;
use crate::context::Context;
use crate::error::Exit;
use crate::stored::Undelivered;

/// Record that work on the plan of this folder began
///
/// Writes local-run-state.json into the work folder, then reports to the plan.
/// The exit code is always 0; the answer says whether it worked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec mark-impl-started --session-id \"$SESSION\" || true")]
pub(crate) struct MarkStartedArgs {
    /// The agent's session
    #[arg(long, value_name = "ID")]
    pub(super) session_id: Option<String>,
}

/// Record that work on the plan of this folder ended
///
/// Writes local-run-state.json into the work folder, then reports to the plan.
/// The exit code is always 0; the answer says whether it worked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec mark-impl-ended --session-id \"$SESSION\" || true")]
pub(crate) struct MarkEndedArgs {
    /// The agent's session
    #[arg(long, value_name = "ID")]
    pub(super) session_id: Option<String>,
}

pub(super) fn started(context: &Context, args: &MarkStartedArgs) -> Exit {
    answer(context, Event::Started, args.session_id.as_deref())
}

pub(super) fn ended(context: &Context, args: &MarkEndedArgs) -> Exit {
    answer(context, Event::Ended, args.session_id.as_deref())
}

fn answer(context: &Context, event: Event, session: Option<&str>) -> Exit {
    // A mistake of ours is no reason to fail the caller's job either.
    let marked = catch_unwind(AssertUnwindSafe(|| mark(context, event, session)));
    let answer = match marked {
        Ok(Ok(number)) => Answer::success().with("issue_number", number),
        Ok(Err(trouble)) => tell(Answer::failure(), &trouble),
        Err(_) => Answer::failure()
            .with("error_type", "update-failed")
            .with("message", "Failed to update metadata: a mistake in piton")
            .with("reason", "provider-error"),
    };
    answer.print(Layout::Indented);
    Exit::Done
}

/// Answers that nothing could be done.
pub(super) fn failed(trouble: &Trouble) -> Exit {
    tell(Answer::failure(), trouble).print(Layout::Indented)
}

/// Records an event here, then tells the plan. Returns the plan's number.
fn mark(context: &Context, event: Event, session: Option<&str>) -> Result<Json, Trouble> {
    let scene = Scene::find(context)?;
    scene.write_state(context, event, session)?;
    let place = scene.place(context)?;
    let report = scene.report(context, &place, event, session)?;
    let number = report.plan.to_json();
    send(context, &place, report).map_err(Trouble::Unsent)?;
    Ok(number)
}

/// Adds what a program is told of the trouble.
pub(super) fn tell(answer: Answer, trouble: &Trouble) -> Answer {
    let simple = |answer: Answer, kind: &'static str, message: &str| {
        answer.with("error_type", kind).with("message", message)
    };
    match trouble {
        Trouble::NoReference(why) => simple(answer, "no-issue-reference", why),
        Trouble::NoContext(why) => {
            Undelivered::NoBackend(why.clone()).tell(answer, "error_type", "")
        }
        Trouble::StateNotWritten(why) => simple(
            answer,
            "local-state-write-failed",
            &format!("Failed to write local state: {why}"),
        ),
        Trouble::Unsent(unsent) => unsent.tell(answer, "error_type", "Failed to update metadata"),
    }
}
