//! The note that says how far a landing may have come.
//!
//! What is changed follows from the two commits, so the note holds them, and
//! what each prepared file looked like: by that recovery knows whether a path
//! holds it still.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, write_atomic};
use serde::{Deserialize, Serialize};

use super::error::LandError;
use super::look::Seen;
use super::onto::Onto;
use crate::CommitId;

const FILE: &str = "intent.json";
const LIMIT: u64 = 256 * 1024 * 1024;

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
            version: 1,
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

    /// Reads the note in `dir`; `None` when there is none, and nothing of the
    /// user's was touched yet.
    pub(super) fn read(disk: &dyn DiskRead, dir: &Path) -> Result<Option<Self>, LandError> {
        let path = dir.join(FILE);
        let bytes = match disk.read_at_most(&path, LIMIT) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let not_understood = || LandError::Intent { path: path.clone() };
        let wire: Wire = serde_json::from_slice(&bytes).map_err(|_| not_understood())?;
        if wire.version != 1 {
            return Err(not_understood());
        }
        Ok(Some(Self {
            git_dir: wire.git_dir,
            onto: wire.branch.map_or(Onto::Detached, Onto::Branch),
            base: wire.base.parse().map_err(|_| not_understood())?,
            commit: wire.commit.parse().map_err(|_| not_understood())?,
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
        }))
    }
}
