//! Why a candidate did not become live.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use piton_durable::TreeDigest;
use piton_durable::transaction::{CommitFailure, InvalidLivePath, TransactionError};
use piton_durable::tree::TreeError;
use piton_git::{GitError, Tip, UnderWay};

use super::committer::commit_hint;
use super::inside::EnterError;
use super::result::PublishResult;
use crate::consistency::{Finding, Severity};
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
    #[error("{slug} has changes that are not committed")]
    Dirty { slug: Slug },
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
    /// Returns whether anything had been tried that had to be undone.
    pub(super) fn is_failure(&self) -> bool {
        match self {
            Cause::WrongName { .. }
            | Cause::InsideLive { .. }
            | Cause::Place(_)
            | Cause::Enter(_)
            | Cause::Dirty { .. }
            | Cause::Unfit(_)
            | Cause::Stale { .. }
            | Cause::Elsewhere { .. }
            | Cause::Rewritten { .. }
            | Cause::UnderWay(_)
            | Cause::Git(_) => false,
            Cause::Findings { stage, .. } => *stage == Stage::Live,
            Cause::Commit(_) | Cause::Transaction(_) => true,
        }
    }

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
/// was tried, or it was undone, as the status of the result says.
#[derive(Debug)]
pub struct PublishRefusal {
    pub cause: Cause,
    pub result: Box<PublishResult>,
}

impl fmt::Display for PublishRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.result.fmt(f)
    }
}

/// The result carries the whole chain already, so there is no source to add.
impl std::error::Error for PublishRefusal {}

fn tell(stage: Stage, findings: &[Finding]) -> String {
    let what = match stage {
        Stage::Workspace => "the candidate is not consistent",
        Stage::Staged => "the copy of the candidate is not consistent",
        Stage::Live => "what was published is not consistent",
    };
    let mut told = format!("{what}:");
    for finding in findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
    {
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
