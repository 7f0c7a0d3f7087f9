//! What a transaction asks of version control.

use std::fmt::Debug;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::live_path::LivePath;

/// The commit that belongs to a publish. It is part of the intent record, so
/// that a crash between publishing and committing can be finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitIntent {
    pub message: String,
    /// Exactly what is committed, relative to the top of the worktree.
    pub paths: Vec<LivePath>,
    /// The branch that was checked out; `None` for a detached HEAD.
    pub branch: Option<String>,
    /// The commit that it showed; `None` before the first one.
    #[serde(default)]
    pub tip: Option<String>,
}

/// How far a wanted commit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitState {
    /// Nothing at its paths differs from what is committed.
    Done,
    Wanted,
    /// It must not be made here any more, for this reason.
    Misplaced(String),
}

/// Why a commit was not made.
#[derive(Debug, thiserror::Error)]
pub enum CommitFailure {
    /// It will not be made next time either: a hook said no, say.
    #[error("commit: {0}")]
    Refused(String),
    /// Trying again later makes sense.
    #[error("commit for now: {reason}")]
    NotNow {
        reason: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// Makes commits, durably.
pub trait Committer: Debug {
    fn state(&self, commit: &CommitIntent) -> Result<CommitState, CommitFailure>;

    /// Tells whether hooks are going to run that may change what is live.
    fn has_hooks(&self) -> Result<bool, CommitFailure> {
        Ok(false)
    }

    /// Looks whether what hooks made of the live directory may stand.
    fn judge(&self, live: &Path) -> Result<(), String> {
        let _ = live;
        Ok(())
    }

    /// Commits exactly the intended paths; returns the new commit's id, or
    /// `None` when nothing differed. `hooked` is asked once hooks have run that
    /// may have changed what is live; when it says why not, nothing is committed.
    fn commit(
        &self,
        commit: &CommitIntent,
        hooked: &mut dyn FnMut() -> Result<(), String>,
    ) -> Result<Option<String>, CommitFailure>;
}

/// For transactions that want no commit, and for undoing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCommits;

impl Committer for NoCommits {
    fn state(&self, _commit: &CommitIntent) -> Result<CommitState, CommitFailure> {
        Ok(CommitState::Wanted)
    }

    fn commit(
        &self,
        _commit: &CommitIntent,
        _hooked: &mut dyn FnMut() -> Result<(), String>,
    ) -> Result<Option<String>, CommitFailure> {
        Err(CommitFailure::NotNow {
            reason: "there is nothing here to commit with".into(),
            source: None,
        })
    }
}
