//! What time it is, as a value passed in.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::stop::Stop;

/// Tells the time. Whoever needs it is handed one; only `main` and tests make it.
pub trait Clock: Debug + Send + Sync {
    /// Returns the time of day, for records and for waking up later.
    fn now(&self) -> Timestamp;

    /// Returns the time passed since some fixed moment; on a real clock it
    /// never goes back.
    fn elapsed(&self) -> Duration {
        Duration::try_from(self.now().as_duration()).unwrap_or_default()
    }

    /// Returns the zone that the user lives in.
    fn zone(&self) -> TimeZone {
        TimeZone::UTC
    }

    /// Returns the time of day where the user lives.
    fn local(&self) -> Zoned {
        self.now().to_zoned(self.zone())
    }

    /// Lets time pass where nothing is left that could be told to stop, as
    /// while processes are being ended.
    fn pause(&self, pause: Duration) {
        Stop::default().wait(pause);
    }
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

    fn zone(&self) -> TimeZone {
        TimeZone::system()
    }
}
