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
    #[error("the commit was refused: {0}")]
    Refused(String),
    /// Trying again later makes sense.
    #[error("no commit can be made now: {reason}")]
    NotNow {
        reason: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// A moment around hooks that may change what is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookMoment {
    /// They are about to run.
    Before,
    /// They have run, and agreed.
    After,
}

/// Whom a commit asks around its hooks. An error means: no commit.
pub type AroundHooks<'a> = &'a mut dyn FnMut(HookMoment) -> Result<(), CommitFailure>;

/// Makes commits, durably.
pub trait Committer: Debug {
    fn state(&self, commit: &CommitIntent) -> Result<CommitState, CommitFailure>;

    /// Looks whether what hooks made of the live directory may stand.
    fn judge(&self, live: &Path) -> Result<(), String> {
        let _ = live;
        Ok(())
    }

    /// Commits exactly the intended paths; returns the new commit's id, or
    /// `None` when nothing differed. Where hooks run that may change what is
    /// live, `around` is asked before and after.
    fn commit(
        &self,
        commit: &CommitIntent,
        around: AroundHooks<'_>,
    ) -> Result<Option<String>, CommitFailure>;
}

/// For transactions that want no commit, and for undoing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NoCommits;

impl Committer for NoCommits {
    fn state(&self, _commit: &CommitIntent) -> Result<CommitState, CommitFailure> {
        Ok(CommitState::Wanted)
    }

    fn commit(
        &self,
        _commit: &CommitIntent,
        _around: AroundHooks<'_>,
    ) -> Result<Option<String>, CommitFailure> {
        Err(CommitFailure::NotNow {
            reason: "there is nothing here to commit with".into(),
            source: None,
        })
    }
}
