//! Systems on which nothing can be watched.

use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::point::{Point, Traced, Verdict, Watch};

/// Whether programs can be watched on this system.
pub const SUPPORTED: bool = false;

/// Says that this system cannot.
pub fn trace(
    _command: &mut Command,
    _root: &Path,
    _watch: Watch,
    _limit: Duration,
    _decide: &mut dyn FnMut(&Point) -> Verdict,
) -> io::Result<Traced> {
    Err(io::ErrorKind::Unsupported.into())
}
