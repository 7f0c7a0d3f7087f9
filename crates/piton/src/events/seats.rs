//! Who does what where several actions go on at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piton_base::terminal::{clean, cut};
use piton_loop::runs::{ActionOutcome, Event, Recorded};

/// No more of a target's name stands in each line.
const NAME: usize = 24;

/// The jobs of a run, and what came of what they did.
#[derive(Debug, Default)]
pub(super) struct Seats {
    jobs: u32,
    taken: BTreeMap<u32, Seat>,
    outcomes: Vec<(ActionOutcome, u32)>,
}

#[derive(Debug)]
struct Seat {
    target: String,
    /// Since when it is at work on it; nothing where it is done.
    since: Option<Timestamp>,
}

impl Seats {
    pub(super) fn take(&mut self, told: &Recorded) {
        match (&told.event, told.job) {
            (Event::RunStarted(outset), _) => {
                *self = Self {
                    jobs: outset.jobs,
                    ..Self::default()
                };
            }
            (Event::ActionStarted { target, .. }, Some(job)) => {
                let target = clean(target).into_owned();
                let since = Some(told.at.timestamp());
                self.taken.insert(job, Seat { target, since });
            }
            (Event::ActionFinished(end), job) => {
                if let Some(seat) = job.and_then(|job| self.taken.get_mut(&job)) {
                    seat.since = None;
                }
                self.count(end.outcome);
            }
            (Event::RunFinished(_), _) => *self = Self::default(),
            (
                Event::ArtifactsReady { .. }
                | Event::EffortBudgetConfigured { .. }
                | Event::ActionStarted { .. }
                | Event::EffortResolved(_)
                | Event::CallStarted { .. }
                | Event::CallLaunched { .. }
                | Event::CallProgress { .. }
                | Event::CallPrinted { .. }
                | Event::CallRetrying { .. }
                | Event::CallEnding { .. }
                | Event::CallFinished(_)
                | Event::ValidationStarted { .. }
                | Event::ValidationPrinted { .. }
                | Event::ValidationFinished { .. }
                | Event::PlanActionStarted { .. }
                | Event::PlanActionSettled { .. }
                | Event::Published { .. }
                | Event::Committed { .. }
                | Event::StepFailed { .. }
                | Event::Recovered { .. }
                | Event::Noted { .. }
                | Event::Warned { .. }
                | Event::Interrupted,
                _,
            ) => {}
        }
    }

    fn count(&mut self, outcome: ActionOutcome) {
        match self.outcomes.iter_mut().find(|(it, _)| *it == outcome) {
            Some((_, count)) => *count += 1,
            None => self.outcomes.push((outcome, 1)),
        }
    }

    /// How many jobs have a line of their own; none where there is only one.
    pub(super) fn lines(&self) -> impl Iterator<Item = u32> {
        let several = self.jobs > 1 && self.anybody_is_at_work();
        1..=if several { self.jobs } else { 0 }
    }

    pub(super) fn anybody_is_at_work(&self) -> bool {
        self.jobs > 1 && self.taken.values().any(|seat| seat.since.is_some())
    }

    /// Since when a job is at work, if it is.
    pub(super) fn since(&self, job: u32) -> Option<Timestamp> {
        self.taken.get(&job)?.since
    }

    /// Returns by what lines of a job begin, where several jobs go on: `[2] f1`.
    pub(super) fn name(&self, job: Option<u32>) -> Option<String> {
        let job = job.filter(|_| self.jobs > 1)?;
        let seat = self.taken.get(&job)?;
        Some(format!("[{job}] {}", cut(&seat.target, NAME)))
    }

    /// Says what came of everything so far.
    pub(super) fn so_far(&self) -> Option<String> {
        let said: Vec<String> = (self.outcomes.iter())
            .map(|(outcome, count)| format!("{count} {}", outcome.as_str()))
            .collect();
        (!said.is_empty()).then(|| said.join(", "))
    }
}
