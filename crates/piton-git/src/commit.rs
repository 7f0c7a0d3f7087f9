//! A commit of exactly the intended paths.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::program::{GitCommand, failure};
use crate::stale::{self, Seen};
use crate::{CommitId, GitError, GitRead, Repository};

/// How often git's own lock is tried again, and how long is waited between:
/// an editor's background `git status` holds it for a moment.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

pub(crate) fn exactly(
    repository: &Repository,
    paths: &[&Path],
    message: &str,
) -> Result<Option<CommitId>, GitError> {
    let top = repository.top();
    if repository.status(paths, false)?.is_empty() {
        return Ok(None);
    }
    // `git commit --only` knows tracked files alone, so new ones are added
    // first; the paths limit it, nothing else in the index is touched.
    patiently(repository, || {
        GitCommand::writing(top)
            .args(["add", "--all"])
            .paths(&present(top, paths))
            .run()
    })?;
    match patiently(repository, || commit_only(top, paths, message)) {
        Ok(()) => repository.head(),
        Err(error) => {
            // The index goes back to what it was: these paths were as in HEAD.
            let unstage = if repository.head()?.is_some() {
                GitCommand::writing(top)
                    .args(["reset", "--quiet"])
                    .paths(paths)
            } else {
                GitCommand::writing(top)
                    .args(["rm", "--cached", "-r", "--quiet", "--ignore-unmatch"])
                    .paths(paths)
            };
            unstage.run()?;
            Err(error)
        }
    }
}

fn commit_only(top: &Path, paths: &[&Path], message: &str) -> Result<(), GitError> {
    let command = GitCommand::writing(top)
        .args([
            "commit",
            "--quiet",
            "--only",
            "--cleanup=whitespace",
            "--file=-",
        ])
        .paths(paths);
    let shown = command.shown().to_owned();
    let output = command.output(Some(message.as_bytes()))?;
    if output.status.success() {
        return Ok(());
    }
    match failure(shown, top, &output) {
        GitError::Failed { stderr, .. } => {
            let stdout = String::from_utf8_lossy(&output.stdout);
            let output = format!("{stdout}{stderr}").trim().to_owned();
            Err(GitError::CommitRefused { output })
        }
        other => Err(other),
    }
}

/// `git add` refuses a path that neither exists nor is tracked; one that is
/// gone from both needs no adding.
fn present<'a>(top: &Path, paths: &[&'a Path]) -> Vec<&'a Path> {
    let known = |path: &&&Path| {
        top.join(path).symlink_metadata().is_ok()
            || GitCommand::reading(top)
                .args(["ls-files", "--error-unmatch"])
                .paths(&[path])
                .run()
                .is_ok()
    };
    paths.iter().filter(known).copied().collect()
}

/// Tries again while somebody holds one of git's locks. One that is dead is
/// removed: a git that was killed must not stop every later commit.
fn patiently<T>(
    repository: &Repository,
    attempt: impl Fn() -> Result<T, GitError>,
) -> Result<T, GitError> {
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
                && stale::nobody_holds(&lock, repository.top(), repository.common_dir()) =>
        {
            stale::remove(&lock);
            attempt()
        }
        (done, _) => done,
    }
}
