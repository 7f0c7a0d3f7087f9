//! How far a run may go.

use jiff::Timestamp;
use jiff::civil::Date;

use super::memory::{Memory, Quota, Spent};
use super::stop::{Budget, Stop};

piton_base::words! {
    /// What a run does when the agent's provider gives no more.
    #[derive(Default)]
    pub enum OnQuota: "what happens at the provider's limit" {
        /// It ends.
        #[default]
        Stop = "stop",
        /// It waits until there is more.
        Wait = "wait",
    }
}

/// How often in a row a run waits for its provider before it ends after all.
const MOST_WAITS: u32 = 8;

/// What a whole day may cost, over all runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DayLimit {
    pub dollars: f64,
    /// The day, as the user's clock has it.
    pub day: Date,
    /// What all other runs cost on this day.
    pub spent_before: f64,
}

/// The limits of one run. What is not set has none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    pub actions: Option<u32>,
    pub failures_in_a_row: Option<u32>,
    pub seconds: Option<u64>,
    pub tokens: Option<u64>,
    pub dollars: Option<f64>,
    pub day: Option<DayLimit>,
    pub on_quota: OnQuota,
}

/// A limit that is reached: the run is over, or goes on later.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reached {
    Over(Stop),
    Until(Timestamp),
}

impl Limits {
    /// Returns the limit that is reached, if one is. What hurts most is said
    /// first: failures before a count.
    pub(super) fn reached(&self, memory: &Memory, now: Timestamp) -> Option<Reached> {
        if let Some(limit) = self.failures_in_a_row
            && memory.failures_in_a_row() >= limit.max(1)
        {
            return Some(Reached::Over(Stop::Failures {
                in_a_row: memory.failures_in_a_row(),
            }));
        }
        if let Some(budget) = self.used_up(&memory.spent) {
            return Some(Reached::Over(Stop::Budget(budget)));
        }
        if let Some(reached) = self.quota(memory, now) {
            return Some(reached);
        }
        let limit = self.actions?;
        // What is under way may come to count.
        let counted = memory.actions().saturating_add(memory.under_way());
        (counted >= limit).then(|| {
            // Where all of it failed, a script wants to hear of that.
            Reached::Over(if memory.came_to_nothing_but_failures() {
                let in_a_row = memory.failures_in_a_row();
                Stop::Failures { in_a_row }
            } else {
                Stop::CountReached { actions: limit }
            })
        })
    }

    /// Returns what of a run's budgets is used up.
    pub fn used_up(&self, spent: &Spent) -> Option<Budget> {
        let over = |limit: Option<u64>, spent: u64| limit.is_some_and(|limit| spent >= limit);
        let day = |day: DayLimit| day.spent_before + spent.dollars_today >= day.dollars;
        if over(self.seconds, spent.seconds) {
            Some(Budget::Time)
        } else if over(self.tokens, spent.tokens) {
            Some(Budget::Tokens)
        } else if self.dollars.is_some_and(|limit| spent.dollars >= limit) {
            Some(Budget::Money)
        } else if self.day.is_some_and(day) {
            Some(Budget::Day)
        } else {
            None
        }
    }

    fn quota(&self, memory: &Memory, now: Timestamp) -> Option<Reached> {
        let Quota::UsedUp { until } = memory.quota() else {
            return None;
        };
        let over = Some(Reached::Over(Stop::OutOfQuota { until }));
        match (self.on_quota, until) {
            (OnQuota::Stop, Some(until)) if until <= now => None,
            (OnQuota::Stop, _) | (OnQuota::Wait, None) => over,
            // Whatever a provider says of the time, a run asks it a bounded
            // number of times.
            (OnQuota::Wait, Some(_)) if memory.quota_waits() > MOST_WAITS => over,
            (OnQuota::Wait, Some(until)) => (until > now).then_some(Reached::Until(until)),
        }
    }
}
