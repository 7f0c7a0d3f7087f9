//! Gits in containers, which the tests of dead locks must not meet.
//!
//! A git in another container may hold any lock, as far as piton can see. So
//! while a test runs one, no lock of this machine is proved dead.

use std::path::Path;
use std::time::Duration;

use piton_durable::{Holder, Lock, LockGuard};

/// Waits until no other test minds, and keeps the others away until dropped.
pub(crate) fn alone_with_containers(what: &str) -> LockGuard {
    let holder = Holder {
        pid: std::process::id(),
        host: "here".to_owned(),
        since: jiff::Timestamp::now(),
        what: what.to_owned(),
    };
    // Below the build's own directory, so that the runs of one checkout share it.
    let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join("containers.lock");
    let most = Duration::from_secs(600);
    Lock::at(lock).acquire(&holder, most).unwrap()
}
