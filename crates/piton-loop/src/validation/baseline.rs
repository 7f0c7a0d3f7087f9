//! Trees that were green, so that they need not be validated again.

use std::path::{Path, PathBuf};

use piton_base::Digest;
use piton_durable::{Disk, DiskRead, WriteError, write_atomic};

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

/// Tells whether a run with this key was green. A note that cannot be read is
/// none.
pub fn was_green(disk: &dyn DiskRead, directory: &Path, key: &BaselineKey) -> bool {
    disk.stat(&key.path(directory))
        .is_ok_and(|stat| stat.is_some())
}

/// Notes a green run. Only green is noted: red may have been the machine's
/// fault, and is tried again.
pub fn note_green(disk: &dyn Disk, directory: &Path, key: &BaselineKey) -> Result<(), WriteError> {
    write_atomic(disk, &key.path(directory), b"green\n", 0o600)
}
