//! The commit that belongs to a publish, made with git.

use std::path::Path;

use piton_durable::LivePath;
use piton_durable::transaction::{CommitFailure, CommitIntent, CommitState, Committer};
use piton_git::{Git, GitError};

/// Commits exactly the paths of an intent, on the branch it was meant for.
#[derive(Clone, Copy, Debug)]
pub(super) struct GitCommitter<'a>(pub(super) &'a dyn Git);

impl Committer for GitCommitter<'_> {
    fn state(&self, commit: &CommitIntent) -> Result<CommitState, CommitFailure> {
        if self
            .0
            .status(&paths(commit), false)
            .map_err(later)?
            .is_empty()
        {
            return Ok(CommitState::Done);
        }
        let branch = self.0.branch().map_err(later)?;
        Ok(if branch == commit.branch {
            CommitState::Wanted
        } else {
            CommitState::Misplaced(format!(
                "it was meant for {}, and {} is checked out now",
                name(commit.branch.as_deref()),
                name(branch.as_deref())
            ))
        })
    }

    fn commit(&self, commit: &CommitIntent) -> Result<Option<String>, CommitFailure> {
        match self.0.commit_paths(&paths(commit), &commit.message) {
            Ok(id) => Ok(id.map(|id| id.as_str().to_owned())),
            Err(GitError::CommitRefused { output }) => Err(CommitFailure::Refused(output)),
            Err(error) => Err(later(error)),
        }
    }
}

fn paths(commit: &CommitIntent) -> Vec<&Path> {
    commit.paths.iter().map(LivePath::as_path).collect()
}

fn name(branch: Option<&str>) -> String {
    branch.map_or_else(
        || "a detached HEAD".to_owned(),
        |branch| format!("the branch {branch}"),
    )
}

fn later(error: GitError) -> CommitFailure {
    CommitFailure::NotNow {
        reason: match error.hint() {
            Some(hint) => format!("{error} ({hint})"),
            None => error.to_string(),
        },
        source: Some(Box::new(error)),
    }
}
