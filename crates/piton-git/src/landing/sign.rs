//! Signing a commit that is about to land, where the user signs.

use piton_base::Stop;

use super::compose::{commit_tree, tree_of};
use crate::hooks::Hooks;
use crate::{CommitId, GitError, GitRead, Repository, Setting};

/// What became of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// The user does not sign, or the commit is signed already.
    NotNeeded,
    /// The same commit, signed.
    Signed(CommitId),
    /// Why it could not be signed.
    Failed(String),
}

/// Signs a commit as `git commit` would, outside of any slot, where the user's
/// settings want it.
pub fn sign(
    repository: &Repository,
    settings: &[Setting],
    commit: &CommitId,
    parent: &CommitId,
    stop: &Stop,
) -> Result<Signature, GitError> {
    if !Hooks::of(repository.top(), repository.common(), settings)?.signs() {
        return Ok(Signature::NotNeeded);
    }
    let raw = repository.objects().read(commit.as_str())?;
    let raw = raw.map(|commit| commit.bytes).unwrap_or_default();
    let raw = String::from_utf8_lossy(&raw);
    let head = raw.split("\n\n").next().unwrap_or_default();
    if head.lines().any(|line| line.starts_with("gpgsig")) {
        return Ok(Signature::NotNeeded);
    }
    let tree = tree_of(repository, commit)?;
    let message = repository.message(commit)?;
    match commit_tree(repository, &tree, parent, &message, stop) {
        Ok(signed) => Ok(Signature::Signed(signed)),
        Err(GitError::Failed { stderr, .. }) => Ok(Signature::Failed(stderr.trim().to_owned())),
        Err(error) => Err(error),
    }
}
