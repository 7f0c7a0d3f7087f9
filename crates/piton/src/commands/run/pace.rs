//! How a run goes on in time: what it has spent, and when it rests.

use std::time::Duration;

use piton_base::Clock;
use piton_loop::deciding::memory::Tried;

use super::driver::Driver;
use crate::output::{Channel, Level};

/// The clock is looked at again after this, however long is to be waited: a
/// machine that slept meanwhile does not wait its sleep once more.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

impl Driver<'_> {
    pub(super) fn count_time(&mut self) {
        let clock = &self.finisher.floor.context.clock;
        let lasted = clock.elapsed().saturating_sub(self.began);
        self.memory.spent.seconds = lasted.as_secs();
    }

    /// Counts what was spent, and sets the rest before the next action.
    pub(super) fn spend(&mut self, tried: &Tried) {
        let summary = self.finisher.run.summary();
        self.count_time();
        self.memory.spent.tokens = summary.usage.map_or(0, |usage| usage.total());
        self.memory.spent.dollars = summary.cost_usd.unwrap_or(0.0);
        let rests = !matches!(tried, Tried::Landing(_));
        if let Some(rest) = self.course.rest.filter(|_| rests) {
            let now = self.finisher.floor.context.clock.now();
            self.memory.rest_until = now.checked_add(rest).ok();
        }
    }

    /// Lets time pass, but no more than the run has.
    pub(super) fn rest(&self, until: jiff::Timestamp) {
        let context = self.finisher.floor.context;
        let now = context.clock.now();
        let mut left = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        if let Some(seconds) = self.course.limits.seconds {
            let over = Duration::from_secs(seconds.saturating_sub(self.memory.spent.seconds));
            left = left.min(over.max(Duration::from_millis(10)));
        }
        if left > LOOK_AGAIN {
            let text = format!("  waits until {until:.0}");
            context.out.say(Channel::General, Level::INFO, &text);
        }
        context.stop.wait(left.min(LOOK_AGAIN));
    }
}
