//! Events as lines for people.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use piton_base::terminal::{clean, columns, cut};
use piton_loop::runs::{CallEnd, CallScope, CallStatus, Event, Recorded, RunEnd};

use super::seats::Seats;
use crate::output::amount::{consumed, lasted};
use crate::output::{Channel, Level, Out};

/// Prints what happens. What belongs to an action of a run stands indented
/// below it, on standard output; where several go on at once each line says to
/// which it belongs. Anything else is a message.
#[derive(Debug)]
pub(super) struct Shown {
    out: &'static Out,
    seats: Mutex<Seats>,
    in_action: AtomicBool,
    /// Whether the run takes up one thing after the other, and sums up itself.
    by_action: AtomicBool,
    of_agents: AtomicBool,
    of_commands: AtomicBool,
}

impl Shown {
    pub(super) fn new(out: &'static Out) -> Self {
        Self {
            out,
            seats: Mutex::default(),
            in_action: AtomicBool::new(false),
            by_action: AtomicBool::new(false),
            of_agents: AtomicBool::new(false),
            of_commands: AtomicBool::new(false),
        }
    }

    pub(super) fn show_output(&self, of_agents: bool, of_commands: bool) {
        self.of_agents.store(of_agents, Ordering::Relaxed);
        self.of_commands.store(of_commands, Ordering::Relaxed);
    }

    pub(super) fn show(&self, told: &Recorded) {
        let out = self.out;
        self.seats().take(told);
        let name = self.seats().name(told.job);
        let name = name.as_deref();
        let message = || whose(name) + &clean(&told.event.message());
        match &told.event {
            Event::ActionStarted { files, .. } => self.began(told, name, files),
            Event::CallFinished(end) => self.answered(name, end),
            Event::RunFinished(end) if end.calls > 1 && !self.by_action.load(Ordering::Relaxed) => {
                self.altogether(end);
            }
            Event::ActionFinished(end) => {
                self.below(name, &end.summary);
                self.in_action.store(false, Ordering::Relaxed);
            }
            Event::CallStarted { scope, agent, .. } if !self.is_in_action(name) => {
                let run = told.run.as_ref();
                let run = run.map_or_else(String::new, |run| format!(" (run {run})"));
                self.asking(agent, scope, &run);
            }
            Event::CallStarted { .. }
            | Event::ValidationStarted { .. }
            | Event::ValidationFinished { .. }
            | Event::Noted { .. } => self.below(name, &told.event.message()),
            Event::CallLaunched { .. } => out.note(Channel::Agent, Level::DETAIL, &message()),
            Event::CallPrinted { text, .. } => {
                self.printed((Channel::Agent, &self.of_agents), name, text);
            }
            Event::ValidationPrinted { text, .. } => {
                self.printed((Channel::General, &self.of_commands), name, text);
            }
            Event::CallRetrying { .. } | Event::CallEnding { .. } => {
                out.note(Channel::Agent, Level::WARNING, &message());
            }
            Event::PlanActionStarted { .. } | Event::PlanActionSettled { .. } => {
                out.note(Channel::Plan, Level::DETAIL, &message());
            }
            Event::Committed { .. } => out.note(Channel::Git, Level::DETAIL, &message()),
            Event::Recovered { .. } => out.note(Channel::Recovery, Level::WARNING, &message()),
            Event::Warned { .. } => out.warn(&message()),
            // These are told by what follows from them.
            Event::ArtifactsReady { .. }
            | Event::EffortBudgetConfigured { .. }
            | Event::RunStarted(_)
            | Event::RunFinished(_)
            | Event::EffortResolved(_)
            | Event::CallProgress { .. }
            | Event::Published { .. }
            | Event::StepFailed { .. }
            | Event::Interrupted => {}
        }
    }

    /// Tells that an action began: what follows stands below it.
    fn began(&self, told: &Recorded, name: Option<&str>, files: &[String]) {
        self.by_action.store(true, Ordering::Relaxed);
        self.in_action.store(true, Ordering::Relaxed);
        let head = match told.job.filter(|_| name.is_some()) {
            Some(job) => format!("[{job}] "),
            None => whose(name),
        };
        let head = head + &clean(&told.event.message());
        self.out.say(Channel::General, Level::NORMAL, &head);
        if !files.is_empty() {
            self.below(name, &files.join(", "));
        }
    }

    /// Tells that an agent is asked outside of an action.
    fn asking(&self, agent: &str, scope: &CallScope, run: &str) {
        let (step, target) = (clean(&scope.phase_reached), clean(&scope.target));
        let text = format!("asking {} for {step} of {target}{run}", clean(agent));
        self.out.note(Channel::Agent, Level::NORMAL, &text);
    }

    fn altogether(&self, end: &RunEnd) {
        let lasted = lasted(Duration::from_millis(end.duration_ms));
        let mut parts = vec![format!("{} calls", end.calls), lasted];
        parts.extend(consumed(end.usage, end.cost_usd));
        let text = format!("altogether: {}", parts.join(", "));
        self.out.note(Channel::Agent, Level::NORMAL, &text);
    }

    /// Tells what a call came to: the first line of its answer, how long it
    /// took, what it consumed. Why one failed is told by whoever asked.
    fn answered(&self, name: Option<&str>, end: &CallEnd) {
        let lasted = end.duration_ms.map(Duration::from_millis).map(lasted);
        let mut spent: Vec<String> = lasted.into_iter().collect();
        spent.extend(consumed(end.usage, end.cost_usd));
        let spent = spent.join(", ");
        let text = match (end.call_status, &end.answer) {
            (CallStatus::Finished, Some(answer)) => {
                let taken = spent.len() + name.map_or(0, |name| columns(name) + 2) + 8;
                let room = self.out.width().saturating_sub(taken).max(20);
                let answer = clean(answer);
                format!("“{}” ({spent})", cut(&answer, room))
            }
            (CallStatus::Finished, None) => format!("answered ({spent})"),
            (CallStatus::Failed, _) if spent.is_empty() => return,
            (CallStatus::Failed, _) => format!("failed after {spent}"),
        };
        let line = beginning(name) + &text;
        if self.is_in_action(name) {
            self.out.say(Channel::General, Level::INFO, &line);
        } else {
            self.out.note(Channel::Agent, Level::INFO, &line);
        }
    }

    fn is_in_action(&self, name: Option<&str>) -> bool {
        name.is_some() || self.in_action.load(Ordering::Relaxed)
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what a program prints, where that is wanted. Most of it nobody
    /// sees, and some print a great deal: lines are made of what is seen alone.
    fn printed(&self, (channel, wish): (Channel, &AtomicBool), name: Option<&str>, text: &str) {
        let level = wanted(wish);
        if self.out.shows(channel, level) {
            self.out.note(channel, level, &lines(name, text));
        }
    }

    /// Says something about the action under way.
    fn below(&self, name: Option<&str>, text: &str) {
        for line in text.lines() {
            let line = beginning(name) + &clean(line);
            self.out.say(Channel::General, Level::NORMAL, &line);
        }
    }
}

fn wanted(asked_for: &AtomicBool) -> Level {
    if asked_for.load(Ordering::Relaxed) {
        Level::NORMAL
    } else {
        Level::PAYLOAD
    }
}

/// Returns how a line begins that belongs to an action.
fn beginning(name: Option<&str>) -> String {
    name.map_or_else(|| "  ".to_owned(), |name| whose(Some(name)))
}

fn whose(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!("{name}: "))
}

/// Cleans a text line by line: what a program prints has several. Where
/// several programs print, each line says whose it is.
fn lines(name: Option<&str>, text: &str) -> String {
    let lines = text.lines().map(|line| whose(name) + &clean(line));
    lines.collect::<Vec<_>>().join("\n")
}
