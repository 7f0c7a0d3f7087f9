//! The demo's second half: the plan is carried out, under the project's tests.

use std::process::Stdio;

use super::guide::Guide;
use super::project::Project;
use super::steps::{calls, document, line, wait_for_call};
use crate::context::Context;
use crate::error::CommandError;

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
    run(guide, project, &CARRY_OUT)?;

    guide.chapter("One clean-up");
    guide.tell("The same loop, on a part of the code instead of a plan.");
    run(guide, project, &CLEAN_UP)
}

/// Kills the run while the agent works on the first phase.
fn fall(context: &Context, guide: &Guide<'_>, project: &Project) -> Result<(), CommandError> {
    guide.command(&line(&CARRY_OUT));
    let before = calls(context, project) + CALLS_BEFORE_THE_FALL;
    let mut child = project
        .piton(&CARRY_OUT)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| CommandError::failed("could not start piton").because(error))?;
    let begun = wait_for_call(context, project, before, &mut child);
    let killed = child.kill().and_then(|()| child.wait());
    begun?;
    killed.map_err(|error| CommandError::failed("could not kill piton").because(error))?;
    guide.result("… and here it falls again, in the middle of the first phase (kill -9).");
    guide.command("git status --short");
    let status = project.git(&["status", "--short"])?;
    guide.result(if status.is_empty() {
        "(nothing: the agent worked elsewhere). The same command carries on."
    } else {
        &status
    });
    Ok(())
}

/// Runs the loop and shows what each action came to.
fn run(guide: &Guide<'_>, project: &Project, args: &[&str]) -> Result<(), CommandError> {
    guide.command(&line(args));
    let mut with_json = vec!["--json", "-Q", "-Q"];
    with_json.extend(args);
    let done = document(project, &with_json)?;
    for action in done["actions"].as_array().into_iter().flatten() {
        let text = |name: &str| action[name].as_str().unwrap_or_default().to_owned();
        guide.result(&format!("{} {}", text("kind"), text("target")));
        for step in action["steps"].as_array().into_iter().flatten() {
            guide.result(&format!("  {}", step.as_str().unwrap_or_default()));
        }
        guide.result(&format!("  {}", text("told")));
    }
    guide.result(done["ending"].as_str().unwrap_or_default());
    Ok(())
}
