//! What a run may still spend: looked at before each call, and while it goes on.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use piton_agent::watchdog::EndReason;
use piton_agent::{CallEvent, CallEvents, CallRecord, Limits as CallLimits};
use piton_base::Clock;

use crate::deciding::limits::{DayLimit, Limits};
use crate::deciding::memory::Spent;
use crate::deciding::stop::Budget;
use crate::runs::{Consumed, Event, Heard, RunRecord};

/// The limits of a run, with what the calls under way say that they consumed so
/// far. What is over stands in the record.
#[derive(Debug)]
pub struct Allowance<'a> {
    clock: &'a dyn Clock,
    began: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limits: Limits,
    under_way: BTreeMap<u32, Consumed>,
    /// What was told to be used up; once is enough.
    told: Option<Budget>,
}

impl<'a> Allowance<'a> {
    /// The time of the run counts from now.
    pub fn new(limits: Limits, clock: &'a dyn Clock) -> Self {
        Self {
            began: clock.elapsed(),
            clock,
            state: Mutex::new(State {
                limits,
                under_way: BTreeMap::new(),
                told: None,
            }),
        }
    }

    pub fn limits(&self) -> Limits {
        self.state().limits
    }

    /// Sets what a new day may cost.
    pub fn begin_day(&self, day: Option<DayLimit>) {
        self.state().limits.day = day;
    }

    /// Returns what the run has spent, calls under way included.
    pub fn spent(&self, run: &RunRecord<'_>) -> Spent {
        self.spent_with(run, &self.state())
    }

    fn spent_with(&self, run: &RunRecord<'_>, state: &State) -> Spent {
        let (over, today) = run.consumed_by_all();
        let mut spent = Spent {
            seconds: self.lasted().as_secs(),
            tokens: over.usage.map_or(0, |usage| usage.total()),
            dollars: over.cost_usd.unwrap_or(0.0),
            dollars_today: today,
        };
        for one in state.under_way.values() {
            let dollars = one.cost_usd.unwrap_or(0.0);
            spent.tokens += one.usage.map_or(0, |usage| usage.total());
            spent.dollars += dollars;
            spent.dollars_today += dollars;
        }
        spent
    }

    /// Returns how far the next call may go: no further than the run. Where
    /// nothing is left there is no next call.
    pub(super) fn for_call(
        &self,
        run: &RunRecord<'_>,
        limits: CallLimits,
    ) -> Result<CallLimits, Budget> {
        let state = self.state();
        if let Some(budget) = state.limits.used_up(&self.spent_with(run, &state)) {
            return Err(budget);
        }
        let left = (state.limits.seconds)
            .map(|seconds| Duration::from_secs(seconds).saturating_sub(self.lasted()));
        Ok(CallLimits {
            deadline: left.map_or(limits.deadline, |left| limits.deadline.min(left)),
            ..limits
        })
    }

    /// Follows a call.
    pub(super) fn follow<'f, 'd>(
        &'f self,
        run: &'f RunRecord<'d>,
        call: u32,
    ) -> Followed<'f, 'a, 'd> {
        Followed {
            heard: Heard::of(run, call),
            allowance: self,
            run,
            call,
        }
    }

    /// Takes in that a call is over: the record counts what it consumed. Says
    /// whether it was ended because the run has no time left.
    pub(super) fn over(&self, call: u32, record: Option<&CallRecord>) -> bool {
        let mut state = self.state();
        state.under_way.remove(&call);
        let ended = record.is_some_and(|it| it.ended_by == Some(EndReason::Deadline));
        ended && (state.limits.seconds).is_some_and(|most| self.lasted().as_secs() >= most)
    }

    /// Takes in what a call consumed so far, and tells at once where that is
    /// more than the run has. It is let go on: what it cost is paid for.
    fn progressed(&self, run: &RunRecord<'_>, call: u32, so_far: Consumed) {
        let budget = {
            let mut state = self.state();
            let known = state.under_way.entry(call).or_default();
            known.usage = so_far.usage.or(known.usage);
            known.cost_usd = so_far.cost_usd.or(known.cost_usd);
            let spent = self.spent_with(run, &state);
            // A deadline ends a call by itself.
            let limits = Limits {
                seconds: None,
                ..state.limits
            };
            match limits.used_up(&spent) {
                Some(budget) if state.told != Some(budget) => {
                    state.told = Some(budget);
                    budget
                }
                Some(_) | None => return,
            }
        };
        let _ = run.event(Event::Warned {
            text: format!("{budget}: what is under way is finished, and no new call begins"),
        });
    }

    fn lasted(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.began)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hears a call for the record, and counts what it consumes.
#[derive(Debug)]
pub(super) struct Followed<'f, 'a, 'd> {
    heard: Heard<'f, 'd>,
    allowance: &'f Allowance<'a>,
    run: &'f RunRecord<'d>,
    call: u32,
}

impl CallEvents for Followed<'_, '_, '_> {
    fn event(&self, event: CallEvent<'_>) {
        if let CallEvent::Progress {
            usage, cost_usd, ..
        } = event
        {
            let so_far = Consumed { usage, cost_usd };
            self.allowance.progressed(self.run, self.call, so_far);
        }
        self.heard.event(event);
    }
}
