//! A seal that the kernel has agreed to.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use thiserror::Error;

use crate::kernel::Entry;
use crate::seal::Seal;

/// A seal that the kernel has agreed to, for one command.
#[derive(Debug)]
#[must_use = "a seal that is not put on a command seals nothing"]
pub struct Prepared(Entry);

/// Failure to make a seal. Nothing was started.
#[derive(Debug, Error)]
pub enum SealError {
    #[error("{} shall be writable in the seal and is not there", path.display())]
    NotThere { path: PathBuf },
    #[error("failed to look at {} for the seal", path.display())]
    Look {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the kernel refused the seal")]
    Kernel(#[source] io::Error),
}

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
