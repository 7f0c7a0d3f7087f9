//! The time as files of a migration hold it.

use piton_base::Clock;
use piton_migration::stamp::Stamp;

/// Returns the time of day in the user's offset.
pub fn local_stamp(clock: &dyn Clock) -> Stamp {
    let now = clock.local();
    Stamp::at(now.timestamp(), now.offset())
}
