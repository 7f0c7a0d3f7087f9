//! How a run goes on in time: what it has spent, and when it rests.

use std::time::Duration;

use piton_base::Clock;
use piton_loop::deciding::memory::{Quota, Tried};

use super::driver::Driver;
use super::finisher::Finisher;
use crate::output::{Channel, Level};
use crate::workshop::budgets;

/// The clock is looked at again after this, however long is to be waited: a
/// machine that slept meanwhile does not wait its sleep once more.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

impl Driver<'_> {
    /// Counts what was spent so far. Another day has its own money.
    pub(super) fn count(&mut self) {
        let Finisher {
            floor, shop, run, ..
        } = self.finisher;
        let today = floor.context.clock.local().date();
        // Where nobody can tell what was spent, the money of before has to do.
        if (shop.allowance.limits().day).is_some_and(|limit| limit.day != today)
            && let Ok(limit) = budgets::day(floor, Some(run.id()))
        {
            shop.allowance.begin_day(limit);
        }
        self.memory.spent = shop.allowance.spent(run);
    }

    /// Counts what was spent, and sets the rest before the next action.
    pub(super) fn spend(&mut self, tried: &Tried) {
        self.count();
        let rests = !matches!(tried, Tried::Landing(_));
        if let Some(rest) = self.course.rest.filter(|_| rests) {
            let now = self.finisher.floor.context.clock.now();
            self.memory.rest_until = now.checked_add(rest).ok();
        }
    }

    /// Lets time pass, but no more than the run has.
    pub(super) fn rest(&mut self, until: jiff::Timestamp) {
        let context = self.finisher.floor.context;
        let now = context.clock.now();
        let mut left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        if let Some(seconds) = self.course.limits.seconds {
            let over = Duration::from_secs(seconds.saturating_sub(self.memory.spent.seconds));
            left = left.min(over.max(Duration::from_millis(10)));
        }
        let why = match self.memory.quota() {
            Quota::UsedUp { until: Some(known) } if known == until => {
                Some("the provider's limit is reached; ")
            }
            Quota::UsedUp { .. } | Quota::Open => (left > LOOK_AGAIN).then_some(""),
        };
        if let Some(why) = why
            && self.told_to_wait.replace(until) != Some(until)
        {
            let text = format!("  {why}waits until {until:.0}");
            context.out.say(Channel::General, Level::INFO, &text);
        }
        context.stop.wait(left.min(LOOK_AGAIN));
    }
}
