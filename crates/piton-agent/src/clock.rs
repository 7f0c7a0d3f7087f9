//! What time it is, as a value passed in.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Tells the time of day and the time passed.
pub trait Clock: Debug + Send + Sync {
    /// Returns the time of day, for records and for waking up later.
    fn now(&self) -> Timestamp;

    /// Returns the time passed since some fixed moment; it never goes back.
    fn elapsed(&self) -> Duration;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }
}
