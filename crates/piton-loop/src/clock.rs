//! The time, as a value that comes in from outside.

use std::fmt::Debug;

use jiff::Zoned;

/// Tells the time, in the zone that the user lives in.
pub trait Clock: Debug + Send + Sync {
    fn now(&self) -> Zoned;
}
