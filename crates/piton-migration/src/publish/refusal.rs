//! Why a candidate did not become live.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use piton_durable::TreeDigest;
use piton_durable::transaction::{CommitFailure, InvalidLivePath, TransactionError};
use piton_durable::tree::TreeError;
use piton_git::{GitError, Tip, UnderWay};

use super::committer::commit_hint;
use super::inside::EnterError;
use crate::consistency::{Finding, errors};
use crate::slug::Slug;

/// Where findings were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Workspace,
    Staged,
    Live,
}

/// Why a candidate did not become live.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    #[error(
        "the workspace {} must be a directory named {slug}, like the migration it holds",
        workspace.display()
    )]
    WrongName { workspace: PathBuf, slug: Slug },
    #[error(
        "the workspace {} is in the migrations directory, and a candidate must be outside of it",
        workspace.display()
    )]
    InsideLive { workspace: PathBuf },
    #[error("nothing can be published at the migration's place")]
    Place(#[source] InvalidLivePath),
    #[error(transparent)]
    Enter(#[from] EnterError),
    #[error("{slug} has changes that are not committed: {}", listed(paths))]
    Dirty { slug: Slug, paths: Vec<PathBuf> },
    #[error("the candidate cannot be published")]
    Unfit(#[source] TreeError),
    #[error("{}", tell(*stage, findings))]
    Findings {
        stage: Stage,
        findings: Vec<Finding>,
    },
    #[error(
        "{slug} has changed since the candidate was built: it was built from {base}, and \
         {found} is live now"
    )]
    Stale {
        slug: Slug,
        base: TreeDigest,
        found: TreeDigest,
    },
    #[error("it belongs on {wanted}, but {found} is checked out")]
    Elsewhere { wanted: Tip, found: Tip },
    #[error("{wanted} no longer holds the commit that this was decided on")]
    Rewritten { wanted: Tip },
    #[error("{0} is under way, and the commit would become part of it")]
    UnderWay(UnderWay),
    #[error("git could not say whether the migration is committed")]
    Git(#[source] GitError),
    #[error("the commit was not made, so the publish was undone")]
    Commit(#[source] CommitFailure),
    #[error(transparent)]
    Transaction(TransactionError),
}

impl Cause {
    /// Says what a person can do about it, beyond running the command again.
    pub fn way_out(&self) -> Option<String> {
        match self {
            Cause::Elsewhere { wanted, .. } => Some(format!("check out {wanted} again")),
            Cause::UnderWay(what) => Some(what.way_out()),
            Cause::Git(error) => error.hint(),
            Cause::Enter(error) => error.hint(),
            Cause::Commit(failure) => commit_hint(failure),
            Cause::Dirty { .. } => Some("commit these changes, or put them back".to_owned()),
            Cause::WrongName { .. }
            | Cause::InsideLive { .. }
            | Cause::Place(_)
            | Cause::Unfit(_)
            | Cause::Findings { .. }
            | Cause::Stale { .. }
            | Cause::Rewritten { .. }
            | Cause::Transaction(_) => None,
        }
    }

    /// Tells the whole story in one text.
    pub(super) fn story(&self) -> String {
        piton_base::on_one_line(self)
    }
}

/// A candidate that did not become live. What was live before is live: nothing
/// was tried, or it was undone.
#[derive(Debug)]
pub struct PublishRefusal {
    pub cause: Cause,
    /// Where the tree is kept that was live for a moment and had to go.
    pub kept: Option<PathBuf>,
    /// What could not be cleaned up.
    pub unclean: Option<String>,
}

/// Tells it all on one line.
impl fmt::Display for PublishRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause.story().replace('\n', "; "))?;
        if let Some(kept) = &self.kept {
            write!(f, "; what was not published is kept in {}", kept.display())?;
        }
        if let Some(error) = &self.unclean {
            write!(f, "; not all could be cleaned up: {error}")?;
        }
        Ok(())
    }
}

/// The text carries the whole chain already, so there is no source to add.
impl std::error::Error for PublishRefusal {}

fn listed(paths: &[PathBuf]) -> String {
    let paths: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
    paths.join(", ")
}

fn tell(stage: Stage, findings: &[Finding]) -> String {
    let what = match stage {
        Stage::Workspace => "the candidate is not consistent",
        Stage::Staged => "the copy of the candidate is not consistent",
        Stage::Live => "what was published is not consistent",
    };
    let mut told = format!("{what}:");
    for finding in errors(findings) {
        let _ = write!(
            told,
            "\n- {} {}: {}",
            finding.code,
            finding.path.display(),
            finding.message
        );
    }
    told
}
