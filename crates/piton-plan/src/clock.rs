//! The time as the executor sees it.

use std::fmt::Debug;

use jiff::Timestamp;

/// Tells the time; the real one lives in `main`, a fixed one in tests.
pub trait Clock: Debug + Send + Sync {
    fn now(&self) -> Timestamp;
}
