//! The note that says how far a landing may have come.
//!
//! What is changed follows from the two commits, so the note holds them, and
//! what each prepared file looked like: by that recovery knows whether a path
//! holds it still.

use std::path::{Path, PathBuf};

use piton_base::on_one_line;
use piton_durable::{Disk, DiskRead, Kind, write_atomic};
use serde::{Deserialize, Serialize};

use super::error::LandError;
use super::look::Seen;
use super::onto::Onto;
use crate::CommitId;

const FILE: &str = "intent.json";
const LIMIT: u64 = 256 * 1024 * 1024;
const VERSION: u32 = 1;

#[derive(Debug, Deserialize)]
struct Version {
    version: u32,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    version: u32,
    git_dir: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
    base: String,
    commit: String,
    /// For each change in git's order: the prepared file's inode, the time of
    /// its last change, its size.
    prepared: Vec<Option<(u64, i64, i64, u64)>>,
    /// Paths that the working tree does not show; none of `prepared` is theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    away: Vec<PathBuf>,
}

/// What stands in the directory of a landing.
#[derive(Debug)]
pub(super) enum Note {
    /// None: nothing of the user's was touched yet.
    None,
    Whole(Box<Intent>),
    /// A newer piton's, which is left to that.
    Newer,
    /// No note of ours, for this reason.
    Unreadable(String),
}

/// A landing under way.
#[derive(Debug)]
pub(super) struct Intent {
    pub(super) git_dir: PathBuf,
    pub(super) onto: Onto,
    pub(super) base: CommitId,
    pub(super) commit: CommitId,
    pub(super) prepared: Vec<Option<Seen>>,
    pub(super) away: Vec<PathBuf>,
}

impl Intent {
    pub(super) fn write(&self, disk: &dyn Disk, dir: &Path) -> Result<(), LandError> {
        let wire = Wire {
            version: VERSION,
            git_dir: self.git_dir.clone(),
            branch: match &self.onto {
                Onto::Branch(name) => Some(name.clone()),
                Onto::Detached => None,
            },
            base: self.base.to_string(),
            commit: self.commit.to_string(),
            prepared: self
                .prepared
                .iter()
                .map(|seen| seen.map(|it| (it.inode, it.modified.0, it.modified.1, it.size)))
                .collect(),
            away: self.away.clone(),
        };
        let path = dir.join(FILE);
        let bytes =
            serde_json::to_vec(&wire).map_err(|_| LandError::Intent { path: path.clone() })?;
        Ok(write_atomic(disk, &path, &bytes, 0o600)?)
    }

    /// Reads the note in `dir`. Only what a disk does not give is an error.
    pub(super) fn read(disk: &dyn DiskRead, dir: &Path) -> Result<Note, LandError> {
        let path = dir.join(FILE);
        match disk.stat(&path) {
            Ok(Some(stat)) if stat.kind == Kind::File => {}
            Ok(Some(_)) => return Ok(Note::Unreadable("it is not a regular file".to_owned())),
            Ok(None) => return Ok(Note::None),
            Err(error) => return Err(error.into()),
        }
        let bytes = match disk.read_at_most(&path, LIMIT) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Note::None),
            Err(error) => return Err(error.into()),
        };
        let version = serde_json::from_slice::<Version>(&bytes);
        if version.is_ok_and(|it| it.version > VERSION) {
            return Ok(Note::Newer);
        }
        Ok(match Self::parse(&bytes) {
            Ok(intent) => Note::Whole(Box::new(intent)),
            Err(error) => Note::Unreadable(on_one_line(&*error)),
        })
    }

    fn parse(bytes: &[u8]) -> Result<Self, Box<dyn std::error::Error>> {
        let wire: Wire = serde_json::from_slice(bytes)?;
        Ok(Self {
            git_dir: wire.git_dir,
            onto: wire.branch.map_or(Onto::Detached, Onto::Branch),
            base: wire.base.parse()?,
            commit: wire.commit.parse()?,
            prepared: wire
                .prepared
                .into_iter()
                .map(|seen| {
                    seen.map(|(inode, seconds, nanos, size)| Seen {
                        inode,
                        modified: (seconds, nanos),
                        size,
                    })
                })
                .collect(),
            away: wire.away,
        })
    }
}
