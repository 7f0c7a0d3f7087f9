//! What piton notes about a slot.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, write_atomic};

use super::SlotError;

/// The first line of the note; another one is of another version.
const WHOLE: &[u8] = b"piton slot 1\n";

/// Tells whether a slot was made to its end.
pub(super) fn is_whole(disk: &dyn DiskRead, own: &Path) -> bool {
    disk.read(&note(own)).is_ok_and(|bytes| bytes == WHOLE)
}

/// Notes that a slot is made. Everything before it may be half done.
pub(super) fn set_whole(disk: &dyn Disk, own: &Path) -> Result<(), SlotError> {
    Ok(write_atomic(disk, &note(own), WHOLE, 0o644)?)
}

fn note(own: &Path) -> PathBuf {
    own.join("piton-slot")
}

/// Returns where the digest of the last set-up stands.
pub(super) fn setup(own: &Path) -> PathBuf {
    own.join("piton-setup")
}
