//! How far a run may go.

use super::memory::{Memory, Quota};
use super::stop::{Budget, Stop};

/// The limits of one run. What is not set has none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    pub actions: Option<u32>,
    pub failures_in_a_row: Option<u32>,
    pub seconds: Option<u64>,
    pub tokens: Option<u64>,
    pub dollars: Option<f64>,
}

impl Limits {
    /// Returns the limit that is reached, if one is. What hurts most is said
    /// first: failures before a count.
    pub(super) fn reached(&self, memory: &Memory) -> Option<Stop> {
        let over = |limit: Option<u64>, spent: u64| limit.is_some_and(|limit| spent >= limit);
        let spent = memory.spent;
        if let Some(limit) = self.failures_in_a_row
            && memory.failures_in_a_row() >= limit.max(1)
        {
            return Some(Stop::Failures {
                in_a_row: memory.failures_in_a_row(),
            });
        }
        if let Quota::UsedUp { until } = memory.quota() {
            return Some(Stop::OutOfQuota { until });
        }
        if over(self.seconds, spent.seconds) {
            return Some(Stop::Budget(Budget::Time));
        }
        if over(self.tokens, spent.tokens) {
            return Some(Stop::Budget(Budget::Tokens));
        }
        if self.dollars.is_some_and(|limit| spent.dollars >= limit) {
            return Some(Stop::Budget(Budget::Money));
        }
        let limit = self.actions?;
        (memory.actions() >= limit).then_some(Stop::CountReached { actions: limit })
    }
}
