//! Events as lines of JSON, in a file or on standard output.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use piton_durable::{Appender, Disk};
use piton_loop::runs::Recorded;

use crate::output::Out;

/// Where the lines go.
#[derive(Debug)]
pub(super) enum Lines {
    File(Mutex<Box<dyn Appender>>),
    Stdout(&'static Out),
}

impl Lines {
    /// Opens a file, which may be a pipe; what stands in it stays.
    pub(super) fn to_file(disk: &dyn Disk, path: &Path) -> io::Result<Self> {
        Ok(Self::File(Mutex::new(disk.append(path, 0o600)?)))
    }

    /// Writes one event.
    pub(super) fn write(&self, told: &Recorded) -> io::Result<()> {
        let mut line = serde_json::to_string(told).map_err(io::Error::other)?;
        line.push('\n');
        match self {
            Self::File(file) => Ok(file
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .append(line.as_bytes())?),
            Self::Stdout(out) => {
                out.stream(&line);
                Ok(())
            }
        }
    }
}
