//! Locks of git's that nobody can hold any more.
//!
//! Git's locks are files, and a power cut leaves them behind. One that was made
//! before this machine was started belongs to a process that is gone.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The kernel tells its start in whole seconds, and clocks are set now and then.
const MARGIN: Duration = Duration::from_secs(2);

/// Removes a lock that is older than this boot, and says whether it did. Where
/// the platform does not tell when it was started, nothing is removed.
pub(crate) fn remove_if_dead(lock: &Path) -> bool {
    let made = fs::symlink_metadata(lock).and_then(|meta| meta.modified());
    let (Ok(made), Some(booted)) = (made, boot_time()) else {
        return false;
    };
    if made + MARGIN >= booted {
        return false;
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "git's own lock file, which no Disk stands for"
    )]
    let removed = fs::remove_file(lock).is_ok();
    removed
}

#[cfg(target_os = "linux")]
fn boot_time() -> Option<SystemTime> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let line = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(line.trim().parse().ok()?))
}

#[cfg(not(target_os = "linux"))]
fn boot_time() -> Option<SystemTime> {
    None
}
