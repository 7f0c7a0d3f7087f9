//! What a piton that was killed outright could not end itself.
//!
//! A piton that is interrupted or told to terminate ends its agents. One that is
//! killed by the hard signal, or crashes with the machine still up, cannot; so
//! every call leaves a note of its marker while it runs, and the next piton ends
//! whatever still carries that marker.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_durable::{Disk, Kind};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use super::is_alive;
use super::tree::Tree;

/// The note of a call under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub version: u32,
    pub token: String,
    /// The piton that runs the call.
    pub owner: u32,
}

impl Marker {
    /// Returns the note of a call of this process.
    pub fn of(token: &str) -> Self {
        Self {
            version: 1,
            token: token.to_owned(),
            owner: std::process::id(),
        }
    }

    /// Leaves the note. It need not survive a power cut: no process does.
    pub fn leave(&self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        piton_durable::create_dirs(disk, directory).map_err(io::Error::other)?;
        let text = serde_json::to_vec(self).map_err(io::Error::other)?;
        disk.write_new(&self.path(directory), &text, 0o644)
    }

    /// Takes the note away.
    pub fn clear(&self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        clear(disk, &self.path(directory))
    }

    fn path(&self, directory: &Path) -> PathBuf {
        directory.join(format!("{PREFIX}{}{SUFFIX}", self.token))
    }
}

const PREFIX: &str = "running-";
const SUFFIX: &str = ".json";

/// Ends what is left of the calls that have a note in `directory` and whose
/// piton died, and returns how many processes that were. A call whose piton
/// lives is left alone; a directory that is not there holds no notes.
pub fn reap_leftovers(disk: &dyn Disk, directory: &Path) -> io::Result<usize> {
    if disk.stat(directory)?.is_none() {
        return Ok(0);
    }
    let mut ended = 0;
    for entry in disk.list(directory)? {
        let name = entry.name.to_string_lossy();
        if entry.kind == Kind::File && name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            ended += reap(disk, &directory.join(&entry.name))?;
        }
    }
    Ok(ended)
}

fn reap(disk: &dyn Disk, note: &Path) -> io::Result<usize> {
    let text = match disk.read(note) {
        // Its call ended meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        read => read?,
    };
    // A torn note names nobody; what it stood for cannot be found any more.
    let marker: Option<Marker> = serde_json::from_slice(&text).ok();
    let ended = match marker {
        Some(marker) if marker.owner == std::process::id() => return Ok(0),
        Some(marker) if is_alive(i32::try_from(marker.owner).unwrap_or(0)) => return Ok(0),
        Some(marker) => end(&marker.token),
        None => 0,
    };
    clear(disk, note)?;
    Ok(ended)
}

fn clear(disk: &dyn Disk, note: &Path) -> io::Result<()> {
    match disk.remove_file(note) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
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
