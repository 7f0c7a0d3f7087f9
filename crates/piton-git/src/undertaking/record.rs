//! The record of an undertaking.

use std::io;
use std::path::Path;

use piton_durable::{Disk, DiskRead, Kind, RealDisk, write_unsynced, write_whole};
use serde::{Deserialize, Serialize};

use crate::GitError;

const VERSION: u32 = 1;
const NAME: &str = "record.json";

/// More than any record has.
const LIMIT: u64 = 1 << 20;

/// What is about to be done, by whom. Paths are relative to the shared git
/// directory, so that a clone may be moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) version: u32,
    /// What it is for.
    pub(super) what: String,
    /// This boot of the machine, and the space its process ids are from.
    pub(super) boot: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) pid: u32,
    /// Locks that git may take and leave.
    pub(super) locks: Vec<String>,
    /// The lock on the user's index, which piton takes itself.
    pub(super) index_lock: String,
    /// The worktree's git directory, empty for the main one.
    pub(super) git_dir: String,
    pub(super) moves: Option<Move>,
}

/// A reference that is to move, and the paths that the user's index is to show
/// as they are in the new commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Move {
    pub(crate) reference: String,
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    pub(crate) paths: Vec<String>,
}

impl Record {
    pub(super) const VERSION: u32 = VERSION;

    /// Adds a reference that is to move, and git's lock on it.
    pub(super) fn add(&mut self, moves: Move) {
        self.locks.push(format!("{}.lock", moves.reference));
        self.locks.sort();
        self.locks.dedup();
        self.moves = Some(moves);
    }

    /// Writes the record for whoever comes after a kill. A power cut may take
    /// it, as it may take what the record is about.
    pub(super) fn write(&self, dir: &Path) -> Result<(), GitError> {
        let path = dir.join(NAME);
        let bytes = self.encode(&path)?;
        let written = write_unsynced(&RealDisk, &path, &bytes, 0o600);
        written.map_err(|error| failed(&path, io::Error::other(error)))
    }

    /// Writes it so that it lasts, with the names that lead to it.
    pub(super) fn save(&self, dir: &Path) -> Result<(), GitError> {
        let path = dir.join(NAME);
        let bytes = self.encode(&path)?;
        let written = write_whole(&RealDisk, &path, &bytes, 0o600);
        written.map_err(|error| failed(&path, io::Error::other(error)))?;
        for named in dir.ancestors().take(2) {
            RealDisk.sync_dir(named)?;
        }
        Ok(())
    }

    fn encode(&self, path: &Path) -> Result<Vec<u8>, GitError> {
        serde_json::to_vec_pretty(self).map_err(|error| failed(path, error.into()))
    }

    /// Returns the record in `dir`; what is none, or no file, gives nothing. A
    /// file that the disk does not give is an error: what it says is to be done.
    pub(super) fn read(dir: &Path) -> Result<Option<Self>, GitError> {
        let path = dir.join(NAME);
        match RealDisk.stat(&path)? {
            Some(stat) if stat.kind == Kind::File && stat.len <= LIMIT => {}
            Some(_) | None => return Ok(None),
        }
        Ok(Self::parse(&RealDisk.read_at_most(&path, LIMIT)?))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let record: Self = serde_json::from_slice(bytes).ok()?;
        let sound = record.version == VERSION
            && record.locks.iter().all(|path| is_lock(path))
            && is_lock(&record.index_lock)
            && (record.git_dir.is_empty() || is_inside(&record.git_dir));
        sound.then_some(record)
    }
}

pub(super) fn failed(path: &Path, source: io::Error) -> GitError {
    GitError::Record {
        path: path.to_owned(),
        source,
    }
}

/// A lock that a record names is in the git directory and is called one:
/// what a record says is removed.
fn is_lock(path: &str) -> bool {
    is_inside(path) && Path::new(path).extension().is_some_and(|end| end == "lock")
}

fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with('/')
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
