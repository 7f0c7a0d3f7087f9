//! Keeping what is under way in sight while nothing happens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use piton_base::{Clock, Stop, SystemClock};
use piton_loop::runs::Recorded;

use super::live::Live;
use crate::output::{Channel, Level, Out};

/// How often the lines of a terminal are painted again.
const PAINTED: Duration = Duration::from_millis(500);

/// How often it is looked whether a sign of life is due.
const LOOKED: Duration = Duration::from_secs(1);

/// Follows what is under way. While there is anything, a thread of its own
/// keeps the time that is shown going.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    out: &'static Out,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    live: Live,
    ticking: bool,
}

impl Watch {
    pub(super) fn new(out: &'static Out) -> Self {
        Self {
            out,
            state: Arc::default(),
        }
    }

    /// Takes up what happened, and shows what is under way now.
    pub(super) fn take(&self, told: &Recorded) {
        let begins = {
            let mut state = self.state();
            state.live.take(told);
            let begins = !state.live.is_empty() && !state.ticking;
            state.ticking |= begins;
            begins
        };
        if begins {
            let watch = self.clone();
            std::thread::spawn(move || watch.tick());
        }
        self.show();
    }

    fn tick(&self) {
        let pause = if self.out.keeps_lines() {
            PAINTED
        } else {
            LOOKED
        };
        let nobody = Stop::new();
        loop {
            nobody.wait(pause);
            {
                let mut state = self.state();
                if state.live.is_empty() {
                    state.ticking = false;
                    return;
                }
            }
            self.show();
        }
    }

    fn show(&self) {
        let now = SystemClock::default().now();
        if self.out.keeps_lines() && self.out.shows(Channel::Agent, Level::INFO) {
            let frame = self.state().live.frame(now, self.out.columns_of_stderr());
            self.out.keep(frame);
            return;
        }
        let lines = self.state().live.signs_of_life(now);
        for line in lines {
            self.out.note(Channel::Agent, Level::NORMAL, &line);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
