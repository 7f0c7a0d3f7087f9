//! The user's linked worktrees.

use std::path::{Path, PathBuf};

use crate::program::GitCommand;
use crate::{CommitId, GitError};

/// One worktree of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worktree {
    pub path: PathBuf,
    pub head: Option<CommitId>,
    pub locked: bool,
}

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
