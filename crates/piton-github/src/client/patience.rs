//! Waiting between attempts.

use std::fmt::Debug;
use std::time::Duration;

/// Lets time pass, and gives the chance that keeps many clients from coming
/// back at the same moment.
pub trait Patience: Debug + Send + Sync {
    /// Waits; tells whether the wish to stop was heard.
    fn wait(&self, length: Duration) -> bool;

    /// Returns any number from 0 to 1.
    fn chance(&self) -> f64;
}
