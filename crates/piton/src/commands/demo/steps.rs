//! The demo's story, from the project to the finished plan.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use piton_durable::DiskRead;
use serde_json::{Value, json};

use super::carrying;
use super::guide::Guide;
use super::project::{Project, SCRIPT_FILE};
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;

const SLUG: &str = "split-the-report";
const TARGET: &str = "Split counting from writing in tally, so that a second report can be added";

/// The planning steps that are shown; the others take a line each.
const SHOWN: [&str; 3] = ["approaches", FALL, "final-review"];

/// The step that is killed in the middle.
const FALL: &str = "expand";

/// More steps than this would be a plan that never ends.
const MOST_STEPS: usize = 12;

/// How long the demo waits for a call to begin before it gives up. A busy
/// machine may need minutes to build the project before.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) fn walk(
    context: &Context,
    guide: &Guide<'_>,
    project: &Project,
    keep: bool,
) -> CommandResult {
    guide.chapter("A small project");
    guide.tell(&format!(
        "{} counts words, and has tests.",
        project.root.display()
    ));
    guide.command("cargo test");
    guide.result(
        &project
            .test()?
            .unwrap_or_else(|| "cargo is not here; the plan can be made all the same".into()),
    );

    guide.chapter("Setting piton up");
    ask(context, guide, project, &["init"])?;
    guide.tell("The agent is a script here: a file with what it says and writes at each step.");
    ask(
        context,
        guide,
        project,
        &["config", "set", "agent.use", "script"],
    )?;
    ask(
        context,
        guide,
        project,
        &["config", "set", "agent.script", SCRIPT_FILE],
    )?;
    project.git(&["add", "--all"])?;
    project.git(&["commit", "--quiet", "--message", "Set piton up"])?;

    guide.chapter("A migration begins");
    ask(
        context,
        guide,
        project,
        &["migration", "new", SLUG, "--target", TARGET],
    )?;

    guide.chapter("Planning it, one accepted step at a time");
    guide.tell("Each step asks the agent, checks the answer, and commits what was accepted.");
    let mut fallen = false;
    for _ in 0..MOST_STEPS {
        let Some(step) = next_step(project)? else {
            break;
        };
        if step == FALL && !fallen {
            fall(context, guide, project)?;
            fallen = true;
            continue;
        }
        if SHOWN.contains(&step.as_str()) {
            ask(context, guide, project, &STEP)?;
            guide.result(&answer(context, project, &step));
        } else {
            document(project, &["--json", "-QQ", STEP[0], STEP[1], STEP[2]])?;
            let said = answer(context, project, &step);
            guide.briefly(&format!("the same for {step}: {said}"));
        }
    }
    let shown = show(project)?;
    if shown["status"] != "ready" {
        return Err(CommandError::new(
            ErrorKind::Internal,
            "the demo's plan did not come to its end",
        )
        .with_source(format!("it is {}", shown["status"])));
    }
    if !project.has_cargo()? {
        guide.tell("cargo is not here, so what the phases make is not tested.");
        ask(
            context,
            guide,
            project,
            &["config", "set", "validation-command", "true"],
        )?;
        project.git(&[
            "commit",
            "--quiet",
            "--all",
            "--message",
            "Validate nothing",
        ])?;
    }
    carrying::carry_out(context, guide, project)?;
    let shown = show(project)?;
    end(context, guide, project, &shown, keep)
}

/// Starts the step, kills it while the agent works, and looks at what is left.
fn fall(context: &Context, guide: &Guide<'_>, project: &Project) -> Result<(), CommandError> {
    guide.command(&line(&STEP));
    kill_at_call(context, project, &STEP, calls(context, project))?;
    guide.result("… and here it is killed, in the middle of the agent's work (kill -9).");
    prove(guide, project)?;
    let next = next_step(project)?.unwrap_or_default();
    guide.result(&format!(
        "The plan stands where it stood: next is {next}. The same command carries on."
    ));
    ask(context, guide, project, &STEP)?;
    guide.result(&answer(context, project, FALL));
    Ok(())
}

/// Shows what is left of a run that was killed.
pub(super) fn prove(guide: &Guide<'_>, project: &Project) -> Result<(), CommandError> {
    let list = ["runs", "list", "--limit", "1", "--no-headers"];
    guide.command(&line(&list));
    let listed = project
        .piton(&list)
        .output()
        .or_failed("could not run piton")?;
    guide.result(
        String::from_utf8_lossy(&listed.stdout)
            .replace('\t', "  ")
            .trim(),
    );
    guide.command("git status --short");
    let status = project.git(&["status", "--short"])?;
    guide.result(if status.is_empty() {
        "(nothing: the fall touched nothing)"
    } else {
        &status
    });
    Ok(())
}

/// Starts a command, and kills it once it has made more calls than these.
pub(super) fn kill_at_call(
    context: &Context,
    project: &Project,
    args: &[&str],
    calls: usize,
) -> Result<(), CommandError> {
    let mut child = project
        .piton(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .or_failed("could not start piton")?;
    let begun = wait_for_call(context, project, calls, &mut child);
    let killed = child.kill().and_then(|()| child.wait());
    begun?;
    killed.or_failed("could not kill piton")?;
    Ok(())
}

fn wait_for_call(
    context: &Context,
    project: &Project,
    before: usize,
    child: &mut Child,
) -> Result<(), CommandError> {
    let (_keep, nobody) = std::sync::mpsc::channel::<()>();
    let deadline = Instant::now() + PATIENCE;
    while calls(context, project) <= before {
        if context.stop.requested() {
            return Err(CommandError::new(ErrorKind::Interrupted, "interrupted"));
        }
        let ended = child.try_wait().ok().flatten();
        if ended.is_some() || Instant::now() > deadline {
            return Err(
                CommandError::failed("the step to be interrupted never began")
                    .hint("`piton demo --keep` leaves the project for you to look at"),
            );
        }
        let _ = nobody.recv_timeout(Duration::from_millis(20));
    }
    Ok(())
}

/// Counts the calls that have begun, by the prompts in the run records.
pub(super) fn calls(context: &Context, project: &Project) -> usize {
    let names = |dir: &Path| {
        context
            .disk
            .list(dir)
            .unwrap_or_default()
            .into_iter()
            .map(|entry| entry.name)
    };
    let runs = project.root.join(".git/piton/runs");
    names(&runs)
        .map(|run| runs.join(run).join("calls"))
        .flat_map(|calls| {
            names(&calls)
                .map(move |call| calls.join(call).join("prompt.md"))
                .collect::<Vec<_>>()
        })
        .filter(|prompt| matches!(context.disk.stat(prompt), Ok(Some(_))))
        .count()
}

const STEP: [&str; 3] = ["migration", "step", SLUG];

/// Runs a command of piton's, shows it, and returns what it printed as data.
fn ask(
    context: &Context,
    guide: &Guide<'_>,
    project: &Project,
    args: &[&str],
) -> Result<Value, CommandError> {
    if context.stop.requested() {
        return Err(CommandError::new(ErrorKind::Interrupted, "interrupted"));
    }
    guide.command(&line(args));
    let mut with_json = vec!["--json", "-Q", "-Q"];
    with_json.extend(args);
    let done = document(project, &with_json)?;
    for receipt in done["receipts"].as_array().into_iter().flatten() {
        let word = receipt["status"].as_str().unwrap_or_default();
        let action = receipt["action"].as_str().unwrap_or_default();
        let message = receipt["message"].as_str().unwrap_or_default();
        let told = if message.starts_with("committed") {
            message
        } else {
            action
        };
        guide.result(&format!("{word:>9}  {told}"));
    }
    Ok(done)
}

pub(super) fn document(project: &Project, args: &[&str]) -> Result<Value, CommandError> {
    let output = project
        .piton(args)
        .output()
        .or_failed("could not run piton")?;
    let failed = |why: String| {
        CommandError::failed(format!("piton {} failed", args.join(" ")))
            .with_source(why)
            .hint("`piton demo --keep` leaves the project for you to look at")
    };
    if !output.status.success() {
        let told = [&output.stdout[..], &output.stderr[..]].concat();
        return Err(failed(String::from_utf8_lossy(&told).trim().to_owned()));
    }
    let mut document: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
    Ok(document["result"].take())
}

fn show(project: &Project) -> Result<Value, CommandError> {
    document(project, &["--json", "migration", "show", SLUG])
}

fn next_step(project: &Project) -> Result<Option<String>, CommandError> {
    let shown = show(project)?;
    let planning = shown["status"] == "planning";
    Ok(planning.then(|| {
        shown["planning"]["next_step"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }))
}

/// Returns the first line of the answer that was accepted.
fn answer(context: &Context, project: &Project, step: &str) -> String {
    let file = project
        .root
        .join("migrations")
        .join(SLUG)
        .join(format!(".planning/stages/{step}.stdout.md"));
    let text = context.disk.read(&file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines()
        .find(|line| !line.trim().is_empty())
        .map(|line| format!("“{}”", line.trim()))
        .unwrap_or_default()
}

/// Writes a command as a person would type it.
pub(super) fn line(args: &[&str]) -> String {
    let words: Vec<&str> = ["piton"].into_iter().chain(args.iter().copied()).collect();
    piton_agent::words::join(&words)
}

fn end(
    context: &Context,
    guide: &Guide<'_>,
    project: &Project,
    shown: &Value,
    keep: bool,
) -> CommandResult {
    let live = project.root.join("migrations").join(SLUG);
    let plan = context.disk.read(&live.join("plan.md")).unwrap_or_default();
    guide.chapter("The plan");
    guide.tell(String::from_utf8_lossy(&plan).trim());
    guide.chapter("The history");
    let history = project.git(&["log", "--format=%h  %s"])?;
    guide.tell(history.trim_end());
    if keep {
        guide.chapter("Where everything lies");
        guide.tell(&format!(
            "{live}\n    the migration: plan, phases, and what was accepted on the way\n\
             {state}\n    this clone's own: run records with every prompt and answer, journals\n\
             {slots}\n    the slots that agents worked in\n\
             Remove it all with: rm -r {root} {slots}",
            live = live.display(),
            state = project.root.join(".git/piton").display(),
            root = project.root.display(),
            slots = project.slots().display(),
        ));
    } else {
        project.remove(context)?;
        guide.chapter("Removed");
        guide.tell(&format!(
            "{} is gone, with all that the demo made. `piton demo --keep` leaves it for you to look at.",
            project.root.display()
        ));
    }
    guide.chapter("The same on your own repository");
    guide.tell(
        "piton init\n\
         piton migration new --target \"what shall change\"\n\
         piton run --focus-on-live-migrations --with claude",
    );
    if context.out.json_wanted() {
        let commits: Vec<&str> = history.lines().collect();
        context.out.json(json!({
            "directory": keep.then(|| project.root.display().to_string()),
            "migration": SLUG,
            "status": shown["status"],
            "phases": shown["phases"].as_array().map_or(0, Vec::len),
            "commits": commits,
        }));
    }
    Ok(Exit::Done)
}
