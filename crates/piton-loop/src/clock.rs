//! The time, as a value that comes in from outside.

use std::fmt::Debug;

use jiff::Zoned;
use piton_migration::stamp::Stamp;

/// Tells the time, in the zone that the user lives in.
pub trait Clock: Debug + Send + Sync {
    fn now(&self) -> Zoned;
}

/// Returns the time as files of a migration hold it, in the user's offset.
pub fn local_stamp(clock: &dyn Clock) -> Stamp {
    let now = clock.now();
    Stamp::at(now.timestamp(), now.offset())
}
