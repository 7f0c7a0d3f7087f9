//! The demo's second half: the plan is carried out, under the project's tests.

use piton_durable::log;
use piton_loop::runs::{Event, Recorded};

use super::guide::Guide;
use super::project::Project;
use super::steps::{calls, document, kill_at_call, line, prove};
use crate::context::Context;
use crate::error::{Attempt as _, CommandError};

const CARRY_OUT: [&str; 4] = ["run", "--focus-on-live-migrations", "--max-attempts", "2"];
const CLEAN_UP: [&str; 5] = ["run", "--paths", "src/main.rs", "--max-refactors", "1"];

/// The readiness is asked first; the call after that is the one to be killed.
const CALLS_BEFORE_THE_FALL: usize = 1;

/// Carries out the phases, with a fall in the first, and makes one clean-up.
pub(super) fn carry_out(
    context: &Context,
    guide: &Guide<'_>,
    project: &Project,
) -> Result<(), CommandError> {
    guide.chapter("Carrying it out, phase by phase");
    guide.tell(
        "Each phase is done in a slot of its own, validated in another where no agent writes, and lands as one commit beside whatever you are doing.",
    );
    fall(context, guide, project)?;
    run(
        context,
        guide,
        project,
        &CARRY_OUT,
        ".git/demo/phases.jsonl",
    )?;

    guide.chapter("One clean-up");
    guide.tell("The same loop, on a part of the code instead of a plan.");
    run(
        context,
        guide,
        project,
        &CLEAN_UP,
        ".git/demo/clean-up.jsonl",
    )
}

/// Kills the run while the agent works on the first phase.
fn fall(context: &Context, guide: &Guide<'_>, project: &Project) -> Result<(), CommandError> {
    guide.command(&line(&CARRY_OUT));
    let before = calls(context, project) + CALLS_BEFORE_THE_FALL;
    kill_at_call(context, project, &CARRY_OUT, before)?;
    guide.result("… and here it falls again, in the middle of the first phase (kill -9).");
    prove(guide, project)?;
    guide.result("The agent worked elsewhere. The same command carries on.");
    Ok(())
}

/// Runs the loop, and tells what happened from its events.
fn run(
    context: &Context,
    guide: &Guide<'_>,
    project: &Project,
    args: &[&str],
    events: &str,
) -> Result<(), CommandError> {
    guide.command(&line(args));
    let mut with_json = vec!["--json", "-Q", "-Q", "--events", events];
    with_json.extend(args);
    let done = document(project, &with_json)?;
    let path = project.root.join(events);
    let told = log::read_lines(&context.disk, &path).or_failed("could not read the events")?;
    for line in told.lines {
        if let Ok(told) = serde_json::from_str::<Recorded>(&line) {
            tell(guide, &told.event);
        }
    }
    guide.result(done["ending"].as_str().unwrap_or_default());
    Ok(())
}

fn tell(guide: &Guide<'_>, event: &Event) {
    match event {
        Event::ActionStarted { .. } => guide.result(&event.message()),
        Event::CallStarted { .. }
        | Event::ValidationStarted { .. }
        | Event::ValidationFinished { .. }
        | Event::Noted { .. }
        | Event::ActionFinished(_) => guide.result(&format!("  {}", event.message())),
        _ => {}
    }
}
