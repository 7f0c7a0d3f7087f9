//! What a piton that was killed outright could not end itself.
//!
//! A piton that is interrupted or told to terminate ends its agents. One that is
//! killed by the hard signal, or crashes with the machine still up, cannot; so
//! every call leaves a note of its marker while it runs, and the next piton ends
//! whatever still carries that marker.

use std::io;
use std::path::Path;
use std::time::Duration;

use piton_durable::Disk;
use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use super::is_alive;
use super::tree::Tree;

/// The name of the note in the directory of a call.
pub(crate) const NOTE: &str = "running.json";

/// The note of a call under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub version: u32,
    pub token: String,
    /// The piton that runs the call.
    pub owner: u32,
}

impl Marker {
    pub(crate) fn of(token: &str) -> Self {
        Self {
            version: 1,
            token: token.to_owned(),
            owner: std::process::id(),
        }
    }

    /// Leaves the note. It need not survive a power cut: no process does.
    pub(crate) fn leave(&self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self).map_err(io::Error::other)?;
        disk.write_new(&directory.join(NOTE), &text, 0o644)
    }

    pub(crate) fn clear(disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        match disk.remove_file(&directory.join(NOTE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

/// Ends what is left of the call in `directory` after its piton died, and
/// returns how many processes that were. A call whose piton lives is left alone,
/// and so is a directory without a note.
pub fn reap_leftovers(disk: &dyn Disk, directory: &Path) -> io::Result<usize> {
    let note = match disk.read(&directory.join(NOTE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        read => read?,
    };
    // A torn note names nobody; what it stood for cannot be found any more.
    if let Ok(marker) = serde_json::from_slice::<Marker>(&note) {
        let owner = i32::try_from(marker.owner).unwrap_or(0);
        if marker.owner != std::process::id() && is_alive(owner) {
            return Ok(0);
        }
        let ended = end(&marker.token);
        Marker::clear(disk, directory)?;
        return Ok(ended);
    }
    Marker::clear(disk, directory)?;
    Ok(0)
}

fn end(token: &str) -> usize {
    let mut tree = Tree::of(None, Path::new("/"), token);
    let found = tree.look().len();
    let mut signal = Signal::TERM;
    // Two seconds politely, then two of the hard signal.
    for round in 0..80 {
        if tree.look().is_empty() {
            break;
        }
        if round == 0 || round >= 40 {
            tree.signal(signal, false);
        }
        if round == 39 {
            signal = Signal::KILL;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    found
}
