//! The demo's second half: the plan is carried out, under the project's tests.

use piton_durable::log;
use piton_loop::runs::{Event, Recorded};

use super::guide::Guide;
use super::piton::{Demo, line};
use crate::error::{Attempt as _, CommandError};

const CARRY_OUT: [&str; 4] = ["run", "--focus-on-live-migrations", "--max-attempts", "2"];
const CLEAN_UP: [&str; 5] = ["run", "--paths", "src/main.rs", "--max-refactors", "1"];

/// The readiness is asked first; the call after that is the one to be killed.
const CALLS_BEFORE_THE_FALL: usize = 1;

impl Demo<'_> {
    /// Carries out the phases, with a fall in the first, and makes one clean-up.
    pub(super) fn carry_out(&self) -> Result<(), CommandError> {
        self.guide.chapter("Carrying it out, phase by phase");
        self.guide.tell(
            "Each phase is done in a slot of its own, validated in another where no agent writes, and lands as one commit beside whatever you are doing.",
        );
        self.fall_in_a_phase()?;
        self.run(&CARRY_OUT, ".git/demo/phases.jsonl")?;

        self.guide.chapter("One clean-up");
        self.guide
            .tell("The same loop, on a part of the code instead of a plan.");
        self.run(&CLEAN_UP, ".git/demo/clean-up.jsonl")
    }

    /// Kills the run while the agent works on the first phase.
    fn fall_in_a_phase(&self) -> Result<(), CommandError> {
        self.guide.command(&line(&CARRY_OUT));
        let before = self.calls() + CALLS_BEFORE_THE_FALL;
        self.kill_at_call(&CARRY_OUT, before)?;
        self.guide
            .result("… and here it falls again, in the middle of the first phase (kill -9).");
        self.prove()?;
        self.guide
            .result("The agent worked elsewhere. The same command carries on.");
        Ok(())
    }

    /// Runs the loop, and tells what happened from its events.
    fn run(&self, args: &[&str], events: &str) -> Result<(), CommandError> {
        self.guide.command(&line(args));
        let mut with_json = vec!["--json", "-Q", "-Q", "--events", events];
        with_json.extend(args);
        let done = self.document(&with_json)?;
        let path = self.project.root.join(events);
        let told =
            log::read_lines(&self.context.disk, &path).or_failed("could not read the events")?;
        for line in told.lines {
            if let Ok(told) = serde_json::from_str::<Recorded>(&line) {
                tell(&self.guide, &told.event);
            }
        }
        self.guide
            .result(done["ending"].as_str().unwrap_or_default());
        Ok(())
    }
}

fn tell(guide: &Guide<'_>, event: &Event) {
    if let Event::ActionStarted { .. } = event {
        guide.result(&event.message());
    } else if matches!(
        event,
        Event::CallStarted { .. }
            | Event::ValidationStarted { .. }
            | Event::ValidationFinished { .. }
            | Event::Noted { .. }
            | Event::ActionFinished(_)
    ) {
        guide.result(&format!("  {}", event.message()));
    }
}
