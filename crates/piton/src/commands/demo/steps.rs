//! The demo's story, from the project to the finished plan.

use piton_durable::DiskRead;
use serde_json::{Value, json};

use super::piton::{Demo, line};
use super::project::SCRIPT_FILE;
use crate::error::{CommandError, CommandResult, ErrorKind, Exit};

const SLUG: &str = "split-the-report";
const TARGET: &str = "Split counting from writing in tally, so that a second report can be added";

/// The planning steps that are shown; the others take a line each.
const SHOWN: [&str; 3] = ["approaches", FALL, "final-review"];

/// The step that is killed in the middle.
const FALL: &str = "expand";

/// More steps than this would be a plan that never ends.
const MOST_STEPS: usize = 12;

const STEP: [&str; 3] = ["migration", "step", SLUG];

impl Demo<'_> {
    pub(super) fn walk(&self, keep: bool) -> CommandResult {
        self.guide.chapter("A small project");
        self.guide.tell(&format!(
            "{} counts words, and has tests.",
            self.project.root.display()
        ));
        self.guide.command("cargo test");
        self.guide.result(
            &self
                .project
                .test()?
                .unwrap_or_else(|| "cargo is not here; the plan can be made all the same".into()),
        );

        self.guide.chapter("Setting piton up");
        self.set_up()?;

        self.guide.chapter("A migration begins");
        self.ask(&["migration", "new", SLUG, "--target", TARGET])?;

        self.guide
            .chapter("Planning it, one accepted step at a time");
        self.plan()?;
        if !self.project.has_cargo()? {
            self.validate_nothing()?;
        }
        self.carry_out()?;
        let shown = self.show()?;
        self.end(&shown, keep)
    }

    fn set_up(&self) -> Result<(), CommandError> {
        self.ask(&["init"])?;
        self.guide
            .tell("The agent is a script here: a file with what it says and writes at each step.");
        self.ask(&["config", "set", "agent.use", "script"])?;
        self.ask(&["config", "set", "agent.script", SCRIPT_FILE])?;
        self.project.git(&["add", "--all"])?;
        self.project
            .git(&["commit", "--quiet", "--message", "Set piton up"])?;
        Ok(())
    }

    /// Takes every planning step, and one of them twice: it is killed first.
    fn plan(&self) -> Result<(), CommandError> {
        self.guide
            .tell("Each step asks the agent, checks the answer, and commits what was accepted.");
        let mut fallen = false;
        for _ in 0..MOST_STEPS {
            let Some(step) = self.next_step()? else {
                break;
            };
            if step == FALL && !fallen {
                self.fall()?;
                fallen = true;
                continue;
            }
            if SHOWN.contains(&step.as_str()) {
                self.ask(&STEP)?;
                self.guide.result(&self.answer(&step));
            } else {
                self.document(&["--json", "-QQ", STEP[0], STEP[1], STEP[2]])?;
                let said = self.answer(&step);
                self.guide.briefly(&format!("the same for {step}: {said}"));
            }
        }
        let shown = self.show()?;
        if shown["status"] == "ready" {
            return Ok(());
        }
        Err(CommandError::new(
            ErrorKind::Internal,
            "the demo's plan did not come to its end",
        )
        .with_source(format!("it is {}", shown["status"])))
    }

    fn validate_nothing(&self) -> Result<(), CommandError> {
        self.guide
            .tell("cargo is not here, so what the phases make is not tested.");
        self.ask(&["config", "set", "validation-command", "true"])?;
        self.project.git(&[
            "commit",
            "--quiet",
            "--all",
            "--message",
            "Validate nothing",
        ])?;
        Ok(())
    }

    /// Starts the step, kills it while the agent works, and looks at what is left.
    fn fall(&self) -> Result<(), CommandError> {
        self.guide.command(&line(&STEP));
        self.kill_at_call(&STEP, self.calls())?;
        self.guide
            .result("… and here it is killed, in the middle of the agent's work (kill -9).");
        self.prove()?;
        let next = self.next_step()?.unwrap_or_default();
        self.guide.result(&format!(
            "The plan stands where it stood: next is {next}. The same command carries on."
        ));
        self.ask(&STEP)?;
        self.guide.result(&self.answer(FALL));
        Ok(())
    }

    /// Runs a command of piton's, and shows it with what came of it.
    fn ask(&self, args: &[&str]) -> Result<(), CommandError> {
        if self.context.stop.requested() {
            return Err(CommandError::new(ErrorKind::Interrupted, "interrupted"));
        }
        self.guide.command(&line(args));
        let mut with_json = vec!["--json", "-Q", "-Q"];
        with_json.extend(args);
        let done = self.document(&with_json)?;
        for receipt in done["receipts"].as_array().into_iter().flatten() {
            let word = receipt["status"].as_str().unwrap_or_default();
            let action = receipt["action"].as_str().unwrap_or_default();
            let message = receipt["message"].as_str().unwrap_or_default();
            let told = if message.starts_with("committed") {
                message
            } else {
                action
            };
            self.guide.result(&format!("{word:>9}  {told}"));
        }
        Ok(())
    }

    fn show(&self) -> Result<Value, CommandError> {
        self.document(&["--json", "migration", "show", SLUG])
    }

    fn next_step(&self) -> Result<Option<String>, CommandError> {
        let shown = self.show()?;
        let planning = shown["status"] == "planning";
        Ok(planning.then(|| {
            shown["planning"]["next_step"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        }))
    }

    /// Returns the first line of the answer that was accepted.
    fn answer(&self, step: &str) -> String {
        let file = self
            .project
            .root
            .join("migrations")
            .join(SLUG)
            .join(format!(".planning/stages/{step}.stdout.md"));
        let text = self.context.disk.read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.lines()
            .find(|line| !line.trim().is_empty())
            .map(|line| format!("“{}”", line.trim()))
            .unwrap_or_default()
    }

    fn end(&self, shown: &Value, keep: bool) -> CommandResult {
        let live = self.project.root.join("migrations").join(SLUG);
        let plan = self
            .context
            .disk
            .read(&live.join("plan.md"))
            .unwrap_or_default();
        self.guide.chapter("The plan");
        self.guide.tell(String::from_utf8_lossy(&plan).trim());
        self.guide.chapter("The history");
        let history = self.project.git(&["log", "--format=%h  %s"])?;
        self.guide.tell(history.trim_end());
        if keep {
            self.guide.chapter("Where everything is");
            self.guide.tell(&format!(
                "{live}\n    the migration: plan, phases, and what was accepted on the way\n\
                 {state}\n    this clone's own: run records with every prompt and answer, journals\n\
                 {slots}\n    the slots that agents worked in\n\
                 Remove it all with: rm -r {root} {slots}",
                live = live.display(),
                state = self.project.root.join(".git/piton").display(),
                root = self.project.root.display(),
                slots = self.project.slots().display(),
            ));
        } else {
            self.project.remove(self.context)?;
            self.guide.chapter("Removed");
            self.guide.tell(&format!(
                "{} is gone, with all that the demo made. `piton demo --keep` leaves it for you to look at.",
                self.project.root.display()
            ));
        }
        self.guide.chapter("The same on your own repository");
        self.guide.tell(
            "piton init\npiton migration new --target \"what should change\"\npiton run \
             --focus-on-live-migrations --with claude",
        );
        if self.context.out.json_wanted() {
            let commits: Vec<&str> = history.lines().collect();
            self.context.out.json(json!({
                "directory": keep.then(|| self.project.root.display().to_string()),
                "migration": SLUG,
                "status": shown["status"],
                "phases": shown["phases"].as_array().map_or(0, Vec::len),
                "commits": commits,
            }));
        }
        Ok(Exit::Done)
    }
}
