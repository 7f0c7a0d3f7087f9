//! A seal that the kernel has agreed to.

use std::process::Command;

use crate::error::SealError;
use crate::kernel::Entry;
use crate::seal::Seal;

/// A seal that the kernel has agreed to, for one command.
#[derive(Debug)]
#[must_use = "a seal that is not put on a command seals nothing"]
pub struct Prepared(Entry);

impl Seal {
    /// Makes the rules of this seal. What it grants is fixed now: an entry that
    /// takes the place of another afterwards is not granted.
    pub fn prepare(&self) -> Result<Prepared, SealError> {
        Entry::new(self).map(Prepared).map_err(SealError::Kernel)
    }
}

impl Prepared {
    /// Seals what the command will start, and all that it starts in turn. The
    /// command fails to start where that cannot be done.
    pub fn apply(self, command: &mut Command) {
        self.0.put_on(command);
    }
}
