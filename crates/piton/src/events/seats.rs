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
        if let Event::RunStarted(outset) = &told.event {
            *self = Self {
                jobs: outset.jobs,
                ..Self::default()
            };
        } else if let (Event::ActionStarted { target, .. }, Some(job)) = (&told.event, told.job) {
            let target = clean(target).into_owned();
            let since = Some(told.at.timestamp());
            self.taken.insert(job, Seat { target, since });
        } else if let Event::ActionFinished(end) = &told.event {
            if let Some(seat) = told.job.and_then(|job| self.taken.get_mut(&job)) {
                seat.since = None;
            }
            self.count(end.outcome);
        } else if let Event::RunFinished(_) = &told.event {
            *self = Self::default();
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
