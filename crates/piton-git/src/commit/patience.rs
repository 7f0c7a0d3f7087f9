//! Waiting for git's own locks, within limits.

use std::path::PathBuf;
use std::time::Duration;

use crate::stale::{self, Seen};
use crate::undertaking::TABLES;
use crate::{GitError, Repository};

/// How often git's own lock is tried again, and how long is waited between:
/// an editor's background `git status` holds it for a moment.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Names the lock on tables of references, which git does not.
fn named(repository: &Repository, error: GitError) -> GitError {
    match error {
        GitError::Failed { stderr, .. } if stderr.contains("cannot lock references") => {
            let lock = repository.common().join(TABLES);
            GitError::Locked { lock }
        }
        other => other,
    }
}

/// Tries again while somebody holds one of git's locks. One that is proved dead
/// is removed: a git that was killed must not stop every later commit.
pub(super) fn patiently<T>(
    repository: &Repository,
    attempt: impl Fn() -> Result<T, GitError>,
) -> Result<T, GitError> {
    let attempt = || attempt().map_err(|error| named(repository, error));
    let mut first: Option<(PathBuf, Option<Seen>)> = None;
    for _ in 1..LOCK_TRIES {
        let lock = match attempt() {
            Err(GitError::Locked { lock }) => lock,
            done => return done,
        };
        let seen = Seen::now(&lock);
        if seen.is_some_and(Seen::is_older_than_this_boot) {
            stale::remove(&lock);
            continue;
        }
        let now = (lock, seen);
        if first.as_ref() != Some(&now) {
            first = Some(now);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "git's lock is a file; there is nothing to be woken by"
        )]
        std::thread::sleep(LOCK_PAUSE);
    }
    match (attempt(), first) {
        (Err(GitError::Locked { lock }), Some((known, seen)))
            if lock == known
                && seen.is_some()
                && seen == Seen::now(&lock)
                && stale::nobody_holds(&lock, repository.top(), repository.common()) =>
        {
            stale::remove(&lock);
            attempt()
        }
        (done, _) => done,
    }
}
