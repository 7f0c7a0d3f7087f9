//! The commit that belongs to a publish, made with git.

use std::path::Path;

use piton_durable::LivePath;
use piton_durable::transaction::{
    AroundHooks, CommitFailure, CommitIntent, CommitState, Committer,
};
use piton_git::{GitError, Holds, Tip};

use super::env::PublishEnv;
use crate::consistency::{self, Mode, errors};
use crate::live::load_manifest;
use crate::slug::{Slug, SlugError};

/// Commits exactly the paths of an intent, on the branch it was meant for.
#[derive(Clone, Copy, Debug)]
pub(super) struct GitCommitter<'a>(pub(super) &'a PublishEnv<'a>);

impl Committer for GitCommitter<'_> {
    fn state(&self, commit: &CommitIntent) -> Result<CommitState, CommitFailure> {
        let git = self.0.git;
        if git.status(&paths(commit), true).map_err(later)?.is_empty() {
            return Ok(CommitState::Done);
        }
        let (wanted, found) = (tip(commit)?, git.tip().map_err(later)?);
        let holds = wanted.held_by(&found, |later, earlier| git.contains(later, earlier));
        Ok(match holds.map_err(later)? {
            Holds::Still => CommitState::Wanted,
            Holds::Elsewhere => CommitState::Misplaced(format!(
                "it belongs on {wanted}, but {found} is checked out"
            )),
            Holds::Rewritten => CommitState::Misplaced(format!(
                "{wanted} no longer holds the commit it was built on"
            )),
        })
    }

    fn judge(&self, live: &Path) -> Result<(), String> {
        let disk = self.0.disk;
        let slug: Slug = live
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .parse()
            .map_err(|error: SlugError| error.to_string())?;
        // The check reports a manifest that cannot be read.
        let mode = load_manifest(disk, live).map_or(Mode::PlanningSnapshot, |manifest| {
            Mode::of_publish(manifest.status())
        });
        let findings = consistency::check(disk, live, &slug, mode);
        let told: Vec<&str> = errors(&findings).map(|it| it.message.as_str()).collect();
        if told.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "a hook changed the migration, and it is not consistent any more: {}",
                told.join("; ")
            ))
        }
    }

    fn commit(
        &self,
        commit: &CommitIntent,
        around: AroundHooks<'_>,
    ) -> Result<Option<String>, CommitFailure> {
        let tip = tip(commit)?;
        match self
            .0
            .git
            .commit_on(&tip, &paths(commit), &commit.message, around)
        {
            Ok(id) => Ok(id.map(|id| id.as_str().to_owned())),
            Err(GitError::CommitRefused { output }) => Err(CommitFailure::Refused(output)),
            Err(GitError::NotNow { reason, source }) => {
                Err(CommitFailure::NotNow { reason, source })
            }
            Err(error) => Err(later(error)),
        }
    }
}

fn paths(commit: &CommitIntent) -> Vec<&Path> {
    commit.paths.iter().map(LivePath::as_path).collect()
}

/// Returns where the commit belongs. A branch is recorded by its short name.
fn tip(commit: &CommitIntent) -> Result<Tip, CommitFailure> {
    let reference = commit.branch.as_ref().map(|branch| {
        if branch.starts_with("refs/") {
            branch.clone()
        } else {
            format!("refs/heads/{branch}")
        }
    });
    let commit = commit.tip.as_deref().map(str::parse).transpose().map_err(
        |error: piton_git::InvalidCommitId| CommitFailure::NotNow {
            reason: error.to_string(),
            source: None,
        },
    )?;
    Ok(Tip { reference, commit })
}

fn later(error: GitError) -> CommitFailure {
    CommitFailure::NotNow {
        reason: error.to_string(),
        source: Some(Box::new(error)),
    }
}

/// Returns what a person can do about a commit that was not made.
pub(super) fn commit_hint(failure: &CommitFailure) -> Option<String> {
    match failure {
        CommitFailure::NotNow {
            source: Some(source),
            ..
        } => source.downcast_ref().and_then(GitError::hint),
        CommitFailure::NotNow { source: None, .. } | CommitFailure::Refused(_) => None,
    }
}
