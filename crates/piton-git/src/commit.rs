//! A commit of exactly the intended paths.

use std::path::Path;
use std::time::Duration;

use crate::program::{GitCommand, failure};
use crate::{CommitId, GitError, GitRead, Repository, stale};

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
    patiently(|| {
        GitCommand::writing(top)
            .args(["add", "--all"])
            .paths(&present(top, paths))
            .run()
    })?;
    match patiently(|| commit_only(top, paths, message)) {
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

#[expect(
    clippy::disallowed_methods,
    reason = "git's lock is a file; there is nothing to be woken by"
)]
fn patiently<T>(attempt: impl Fn() -> Result<T, GitError>) -> Result<T, GitError> {
    for _ in 1..LOCK_TRIES {
        match attempt() {
            Err(GitError::Locked { lock }) => {
                if !stale::remove_if_dead(&lock) {
                    std::thread::sleep(LOCK_PAUSE);
                }
            }
            done => return done,
        }
    }
    attempt()
}
