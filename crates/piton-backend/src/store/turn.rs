//! Waiting for one's turn among the processes of a clone.

use std::path::Path;
use std::time::Duration;

use piton_base::Clock;
use piton_durable::{Holder, Lock, LockGuard};

use super::error::{BackendError, Result};

/// How long a change waits for another one of the same clone.
const PATIENCE: Duration = Duration::from_secs(2);

/// Takes the turn, which ends when the guard is dropped.
pub(super) fn take(path: &Path, clock: &dyn Clock, what: &str) -> Result<LockGuard> {
    let holder = Holder {
        pid: std::process::id(),
        host: "this machine".to_owned(),
        since: clock.now(),
        what: what.to_owned(),
    };
    Lock::at(path)
        .acquire(&holder, PATIENCE)
        .map_err(BackendError::Busy)
}
