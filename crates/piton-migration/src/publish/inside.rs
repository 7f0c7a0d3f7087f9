//! The locked section: both locks held, and everything in order.

use piton_durable::transaction::{TransactionError, recover};
use piton_durable::{DiskError, LockError, Site};

use super::committer::{GitCommitter, commit_hint};
use super::env::PublishEnv;
use super::gate::Held;
use super::notice::Notice;
use super::original::{self, LockedByOriginal, OriginalLock};

/// Why the locked section could not be entered. Nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    #[error(transparent)]
    Locked(#[from] LockError),
    #[error(transparent)]
    LockedByOriginal(#[from] LockedByOriginal),
    #[error("which working tree this is could not be told")]
    Worktree(#[source] DiskError),
    #[error("this working tree was another one a moment ago")]
    Changed,
    #[error("the leftovers of a killed git could not be removed")]
    Git(#[source] piton_git::GitError),
    #[error("an interrupted publish could not be finished")]
    Recover(#[source] TransactionError),
    #[error("the leftovers of continuous-refactoring could not be put in order")]
    Leftovers(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl EnterError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Locked(error) => error.hint().map(str::to_owned),
            Self::LockedByOriginal(LockedByOriginal::Held { .. }) => {
                Some("try again when it has finished".to_owned())
            }
            Self::Git(error) => error.hint(),
            Self::Recover(TransactionError::Commit { source, .. }) => commit_hint(source),
            Self::Changed => Some("run the command again".to_owned()),
            Self::LockedByOriginal(_)
            | Self::Worktree(_)
            | Self::Recover(_)
            | Self::Leftovers(_) => None,
        }
    }
}

/// Proof of being inside. Leaving by [`Inside::leave`] releases the original's lock;
/// the operating system's lock goes when this is dropped, however that happens.
#[derive(Debug)]
#[must_use = "the locked section is to be left"]
pub(super) struct Inside {
    original: OriginalLock,
    _held: Box<dyn Held>,
}

impl Inside {
    /// Waits for both locks, then recovers what dead processes left.
    pub(super) fn enter(
        env: &PublishEnv<'_>,
        site: &Site,
        what: &str,
        notices: &mut Vec<Notice>,
    ) -> Result<Self, EnterError> {
        if env.worktree().map_err(EnterError::Worktree)? != site.worktree {
            return Err(EnterError::Changed);
        }
        let held = env.gate.enter(what, env.now)?;
        let original = original::take(env, site, what, notices)?;
        let inside = Inside {
            original,
            _held: held,
        };
        let recovered = env
            .git
            .recover()
            .map(|cleared| notices.extend(cleared.into_iter().map(Notice::Cleared)))
            .map_err(EnterError::Git)
            .and_then(|()| recover(env.disk, site, &GitCommitter(env)).map_err(EnterError::Recover))
            .map(|recovered| notices.extend(recovered.into_iter().map(Notice::Recovered)))
            .and_then(|()| {
                original::recover(env, site, notices)
                    .map_err(|error| EnterError::Leftovers(Box::new(error)))
            });
        match recovered {
            Ok(()) => Ok(inside),
            Err(error) => {
                // The error to tell is that of the recovery. A lock that stays
                // is broken by the next command.
                let _ = inside.leave(env);
                Err(error)
            }
        }
    }

    pub(super) fn leave(self, env: &PublishEnv<'_>) -> Result<(), LockedByOriginal> {
        self.original.release(env.disk)
    }
}
