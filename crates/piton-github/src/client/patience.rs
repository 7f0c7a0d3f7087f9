//! Waiting between attempts.

use std::fmt::Debug;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use piton_base::Stop;

/// Lets time pass, and gives the chance that keeps many clients from coming
/// back at the same moment.
pub trait Patience: Debug + Send + Sync {
    /// Waits; tells whether the wish to stop was heard.
    fn wait(&self, length: Duration) -> bool;

    /// Returns any number from 0 to 1.
    fn chance(&self) -> f64;
}

/// Really waits, until the end or until a stop is asked for.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    stop: Stop,
}

impl Waiting {
    pub fn new(stop: Stop) -> Self {
        Self { stop }
    }
}

impl Patience for Waiting {
    fn wait(&self, length: Duration) -> bool {
        self.stop.wait(length)
    }

    fn chance(&self) -> f64 {
        // The keys of a hash map are as random as this needs.
        let bits = u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default();
        f64::from(bits) / f64::from(u32::MAX)
    }
}
