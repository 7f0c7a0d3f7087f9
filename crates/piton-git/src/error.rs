//! What can go wrong when git is asked for something.

use std::io;
use std::path::PathBuf;

use piton_durable::transaction::CommitFailure;
use piton_durable::{DiskError, TreeError, WriteError};

use crate::UnderWay;

#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("{} is not in a git repository", dir.display())]
    NotARepository { dir: PathBuf },

    #[error("the repository at {} has no working tree", dir.display())]
    Bare { dir: PathBuf },

    /// Git would find no repository where the files are, or another one.
    #[error(
        "the repository {} keeps its files in {}, as `core.worktree` says, and that folder does \
         not lead back to it",
        git_dir.display(),
        top.display()
    )]
    TreeElsewhere { git_dir: PathBuf, top: PathBuf },

    #[error("git was not found on PATH")]
    NoGit(#[source] io::Error),

    #[error("`{command}` could not be started")]
    Spawn {
        command: String,
        #[source]
        source: io::Error,
    },

    /// git has no name and address for the author of a commit.
    #[error("git does not know who commits: user.name or user.email is not set")]
    NoIdentity,

    /// Another git process is at work, or one died at work.
    #[error("git's lock {} is taken", lock.display())]
    Locked { lock: PathBuf },

    /// HEAD shows another branch than the commit was meant for.
    #[error("it belongs on {wanted}, but {found} is checked out")]
    Elsewhere { wanted: String, found: String },

    /// The branch shows another commit than the one that was built on.
    #[error("another process moved the branch meanwhile: {}", tail(what))]
    Moved { what: String },

    /// A merge, a rebase or the like waits for the user.
    #[error("{0} is under way, and the commit would become part of it")]
    UnderWay(UnderWay),

    /// Whoever runs this may not write there, or nobody may.
    #[error("{} cannot be written to", dir.display())]
    Unwritable {
        dir: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("the record {} could not be written", path.display())]
    Record {
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error(transparent)]
    Disk(#[from] DiskError),

    #[error(transparent)]
    Write(#[from] WriteError),

    #[error(transparent)]
    Clear(#[from] TreeError),

    /// A hook of the repository refused the commit.
    #[error("git or one of its hooks refused the commit:\n{output}")]
    CommitRefused { output: String },

    /// The commit would not hold what stands in the working tree.
    #[error("git left {} out of the commit", path.display())]
    LeftOut { path: PathBuf },

    /// Whoever wanted the commit could not go on.
    #[error("no commit can be made now: {reason}")]
    NotNow {
        reason: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },

    #[error("`{command}` failed: {}", tail(stderr))]
    Failed { command: String, stderr: String },

    #[error("unexpected output from `{command}`: {what}")]
    Unreadable { command: String, what: String },
}

impl GitError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotARepository { .. } => Some(
                "run it inside a repository, name one with -C DIR, or make one with `git init`"
                    .into(),
            ),
            Self::Bare { .. } => Some("run it in a clone or worktree with files in it".into()),
            Self::TreeElsewhere { git_dir, top } => Some(format!(
                "if that folder has no .git, write the line `gitdir: {}` into {}, and run it there; \
                 or unset core.worktree",
                git_dir.display(),
                top.join(".git").display()
            )),
            Self::NoGit(_) => Some("install git 2.38 or later, or put it on PATH".into()),
            Self::NoIdentity => Some(
                "set them: `git config user.name NAME` and `git config user.email ADDRESS`".into(),
            ),
            Self::Locked { lock } => Some(format!(
                "wait until the other git process has ended; if none is running, remove {}",
                lock.display()
            )),
            Self::CommitRefused { .. } => Some(
                "correct what the hook complains about, then run \
                 the command again"
                    .into(),
            ),
            Self::Elsewhere { wanted, .. } => Some(format!(
                "check out {wanted} again, then run the command again"
            )),
            Self::Moved { .. } | Self::LeftOut { .. } => Some("run the command again".into()),
            Self::UnderWay(what) => Some(what.way_out()),
            Self::Unwritable { .. } => Some(
                "give yourself write access to it, as with `chmod -R u+w`, then run the command \
                 again"
                    .into(),
            ),
            Self::NotNow { .. }
            | Self::Record { .. }
            | Self::Disk(_)
            | Self::Write(_)
            | Self::Clear(_)
            | Self::Spawn { .. }
            | Self::Unreadable { .. } => None,
            Self::Failed { stderr, .. } => stderr.contains("dubious ownership").then(|| {
                "the repository belongs to somebody else; if you trust it, run the `git config` \
                 command that git names"
                    .to_owned()
            }),
        }
    }
}

impl From<CommitFailure> for GitError {
    fn from(failure: CommitFailure) -> Self {
        match failure {
            CommitFailure::Refused(output) => Self::CommitRefused { output },
            CommitFailure::NotNow { reason, source } => Self::NotNow { reason, source },
        }
    }
}

/// The end of what git said is where the reason stands.
fn tail(stderr: &str) -> String {
    let lines: Vec<&str> = stderr
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    match lines.as_slice() {
        [] => "it gave no reason".to_owned(),
        lines => lines[lines.len().saturating_sub(3)..].join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_elses_repository_is_told_with_the_way_out() {
        let stderr = "fatal: detected dubious ownership in repository at '/a'\n\
                      To add an exception for this directory, call:\n\n\
                      \tgit config --global --add safe.directory /a\n";
        let error = GitError::Failed {
            command: "git status".to_owned(),
            stderr: stderr.to_owned(),
        };
        assert!(
            error
                .to_string()
                .ends_with("call:; git config --global --add safe.directory /a")
        );
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("if you trust it"))
        );
    }
}
