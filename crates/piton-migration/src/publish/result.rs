//! What came of a publish, in full.

use std::fmt;
use std::path::PathBuf;

use piton_durable::TreeDigest;
use serde::{Serialize, Serializer};

use super::notice::Notice;
use crate::consistency::Finding;

/// Whether a candidate became live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Published,
    /// It was not tried: nothing was touched.
    Blocked,
    /// It was tried and undone.
    Failed,
}

/// Everything a publish has to tell, as data and, printed, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishResult {
    pub status: Status,
    pub reason: String,
    /// The digest of what is live now, where it can be computed.
    pub snapshot_id: Option<TreeDigest>,
    /// For a stale base: what the candidate was built from.
    pub base_snapshot_id: Option<TreeDigest>,
    #[serde(rename = "live_path")]
    pub live: PathBuf,
    #[serde(rename = "transaction_path")]
    pub transaction: Option<PathBuf>,
    #[serde(rename = "staged_path")]
    pub staged: Option<PathBuf>,
    /// Where the tree that was live before is, while it is anywhere else.
    #[serde(rename = "rollback_path")]
    pub rollback: Option<PathBuf>,
    /// Where the tree is kept that was live for a moment and had to go.
    #[serde(rename = "failed_path")]
    pub failed: Option<PathBuf>,
    pub findings: Vec<Finding>,
    pub dirty_paths: Vec<PathBuf>,
    #[serde(rename = "lock_path")]
    pub lock: PathBuf,
    pub cleanup_error: Option<String>,
    pub commit: Option<String>,
    /// What was put in order before, one line each.
    #[serde(serialize_with = "as_lines")]
    pub recovered: Vec<Notice>,
}

impl PublishResult {
    pub(super) fn new(live: PathBuf, lock: PathBuf) -> Self {
        PublishResult {
            status: Status::Blocked,
            reason: String::new(),
            snapshot_id: None,
            base_snapshot_id: None,
            live,
            transaction: None,
            staged: None,
            rollback: None,
            failed: None,
            findings: Vec::new(),
            dirty_paths: Vec::new(),
            lock,
            cleanup_error: None,
            commit: None,
            recovered: Vec::new(),
        }
    }
}

impl fmt::Display for PublishResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        if !self.dirty_paths.is_empty() {
            f.write_str("\ndirty paths:")?;
            for path in &self.dirty_paths {
                write!(f, "\n- {}", path.display())?;
            }
        }
        if self.status != Status::Published {
            write!(f, "\nlock={}", self.lock.display())?;
        }
        if self.status == Status::Failed {
            write!(f, "\nlive={}", self.live.display())?;
            for (name, path) in [
                ("rollback", &self.rollback),
                ("staged", &self.staged),
                ("failed", &self.failed),
            ] {
                if let Some(path) = path {
                    write!(f, "\n{name}={}", path.display())?;
                }
            }
        }
        if let Some(error) = &self.cleanup_error {
            write!(f, "\ncleanup_error={error}")?;
        }
        Ok(())
    }
}

/// A candidate that is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What is live now, and the base of what comes next.
    pub digest: TreeDigest,
    /// The commit that was made of it, if one was wanted and anything differed.
    pub commit: Option<String>,
    pub result: PublishResult,
}

fn as_lines<S: Serializer>(notices: &[Notice], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(notices.iter().map(ToString::to_string))
}
