//! A branch that work is to land on and that nobody has checked out.

use super::perform::tip;
use crate::program::GitCommand;
use crate::undertaking::{Move, Undertaking};
use crate::{CommitId, GitError, Repository};

/// Returns the commit that a branch is at; `None` where there is no such branch.
pub fn branch_tip(repository: &Repository, branch: &str) -> Result<Option<CommitId>, GitError> {
    tip(repository, &format!("refs/heads/{branch}"))
}

/// Returns the commit that a branch of a remote was at when it was fetched last.
pub fn fetched_tip(
    repository: &Repository,
    remote: &str,
    branch: &str,
) -> Result<Option<CommitId>, GitError> {
    tip(repository, &format!("refs/remotes/{remote}/{branch}"))
}

/// Whether a name can be that of a branch.
pub fn is_branch_name(repository: &Repository, name: &str) -> Result<bool, GitError> {
    let output = GitCommand::reading(repository.top())
        .args(["check-ref-format", "--branch", name])
        .output(None)?;
    Ok(output.status.success() && !name.starts_with('-') && name != "HEAD")
}

/// Begins a branch at a commit; one of that name is never moved.
pub fn begin_branch(repository: &Repository, branch: &str, at: &CommitId) -> Result<(), GitError> {
    let reference = format!("refs/heads/{branch}");
    let mut under = Undertaking::begin(repository, &format!("beginning {branch}"))?;
    under.moving(Move {
        reference: reference.clone(),
        from: None,
        to: at.to_string(),
        // It changes no index.
        paths: Vec::new(),
    })?;
    let command = GitCommand::quietly(repository.top()).args(["update-ref", "--create-reflog"]);
    under
        .command(command)?
        .arg(&reference)
        .arg(at.as_str())
        // Zeros: git refuses where the reference exists.
        .arg("0".repeat(at.as_str().len()))
        .run()
        .map(drop)
}
