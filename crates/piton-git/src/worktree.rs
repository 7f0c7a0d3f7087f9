//! Linked worktrees: where agents work, away from the user's own tree.

use std::path::{Path, PathBuf};

use crate::program::GitCommand;
use crate::{CommitId, GitError, Worktree};

pub(crate) fn list(top: &Path) -> Result<Vec<Worktree>, GitError> {
    let stdout = GitCommand::reading(top)
        .args(["worktree", "list", "--porcelain", "-z"])
        .run()?;
    let mut worktrees: Vec<Worktree> = Vec::new();
    for line in stdout.split(|&byte| byte == 0) {
        let text = String::from_utf8_lossy(line);
        if let Some(path) = text.strip_prefix("worktree ") {
            worktrees.push(Worktree {
                path: PathBuf::from(path),
                head: None,
                locked: false,
            });
        } else if let Some(last) = worktrees.last_mut() {
            if let Some(head) = text.strip_prefix("HEAD ") {
                last.head = head.parse().ok();
            } else if text == "locked" || text.starts_with("locked ") {
                last.locked = true;
            }
        }
    }
    Ok(worktrees)
}

pub(crate) fn add(top: &Path, path: &Path, commit: &CommitId) -> Result<(), GitError> {
    // Forced twice: a git that was killed while it made this very worktree has
    // left its record locked.
    GitCommand::writing(top)
        .args(["worktree", "add", "--quiet", "--detach"])
        .args(["--force", "--force"])
        .arg(path)
        .arg(commit.as_str())
        .run()
        .map(drop)
}

pub(crate) fn reset(top: &Path, commit: &CommitId) -> Result<(), GitError> {
    // A linked worktree has a file there. The user's own tree is never reset,
    // whatever a caller got wrong.
    if !top.join(".git").is_file() {
        return Err(GitError::NotLinked {
            dir: top.to_owned(),
        });
    }
    // HEAD is detached first, so that no branch ever moves with the reset.
    GitCommand::writing(top)
        .args([
            "checkout",
            "--quiet",
            "--force",
            "--detach",
            commit.as_str(),
        ])
        .run()?;
    GitCommand::writing(top)
        .args(["reset", "--quiet", "--hard", commit.as_str()])
        .run()?;
    GitCommand::writing(top)
        .args(["clean", "--quiet", "-ffd"])
        .run()
        .map(drop)
}

pub(crate) fn remove(top: &Path, path: &Path) -> Result<(), GitError> {
    GitCommand::writing(top)
        .args(["worktree", "remove", "--force", "--force"])
        .arg(path)
        .run()
        .map(drop)
}
