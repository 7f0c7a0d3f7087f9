//! Trees that were green, so that they need not be validated again.

use std::path::{Path, PathBuf};

use piton_base::Digest;
use piton_durable::{Disk, DiskRead, WriteError, create_dirs, write_unsynced};

use super::command::ValidationCommand;

/// What a green run was green for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineKey(String);

impl BaselineKey {
    /// Takes the tree, the command, and what prepared the place where it ran.
    pub fn new(tree: &str, command: &ValidationCommand, setup: &str) -> Self {
        let parts = [
            tree.as_bytes(),
            command.as_str().as_bytes(),
            setup.as_bytes(),
        ];
        Self(Digest::of_parts(parts).hex())
    }

    fn path(&self, directory: &Path) -> PathBuf {
        directory.join(&self.0)
    }
}

const GREEN: &[u8] = b"green\n";

/// Tells whether a run with this key was green. A note that cannot be read, or
/// that a power cut tore, is none.
pub fn was_green(disk: &dyn DiskRead, directory: &Path, key: &BaselineKey) -> bool {
    disk.read_at_most(&key.path(directory), 64)
        .is_ok_and(|bytes| bytes == GREEN)
}

/// Notes a green run. Only green is noted: red may have been the machine's
/// fault, and is tried again. A note that is lost costs one more run, so nobody
/// waits for the disk.
pub fn note_green(disk: &dyn Disk, directory: &Path, key: &BaselineKey) -> Result<(), WriteError> {
    create_dirs(disk, directory)?;
    write_unsynced(disk, &key.path(directory), GREEN, 0o600)
}
