//! Why a person's decision cannot be recorded.

use piton_migration::json::DecodeError;
use piton_migration::manifest::{Status, TransitionError};
use piton_migration::planning::StateChangeError;
use piton_migration::slug::Slug;

use super::super::decide::StepRefusal;
use super::super::snapshot::SnapshotError;

/// Why a person's decision cannot be recorded. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PersonRefusal {
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    Site(#[from] StepRefusal),
    #[error("it is not awaiting approval (status: {status})")]
    NotAwaiting { slug: Slug, status: Status },
    #[error("its last review has findings")]
    OpenFindings { slug: Slug },
    #[error("it is {status}; it is too late to {verb} it")]
    Over {
        verb: &'static str,
        slug: Slug,
        status: Status,
    },
    #[error("no text was given, and {verb} needs one")]
    Blank { verb: &'static str },
    #[error("it cannot go back to planning")]
    Transition {
        slug: Slug,
        #[source]
        source: TransitionError,
    },
    #[error("it does not fit its planning record")]
    State {
        slug: Slug,
        #[source]
        source: StateChangeError,
    },
    #[error("the manifest that the session left cannot be read")]
    ReviewedManifest {
        slug: Slug,
        #[source]
        source: DecodeError,
    },
    #[error("the session left no manifest")]
    NoReviewedManifest { slug: Slug },
    #[error("it was not approved in the session")]
    StillAwaiting { slug: Slug },
    #[error("it is not deferred")]
    Awake { slug: Slug },
    #[error("it waits for a person")]
    AsksPerson { slug: Slug },
    #[error("it is not rejected; it is {status}")]
    NotRejected { slug: Slug, status: Status },
    #[error("no step of it was accepted yet")]
    NothingBefore { slug: Slug },
    #[error("a phase of it has landed")]
    PhaseLanded { slug: Slug, commits: Vec<String> },
    #[error("it changed since it was shown")]
    Changed { slug: Slug },
}

impl PersonRefusal {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Snapshot(error) => error.hint(),
            Self::Site(refusal) => refusal.hint(),
            Self::NotAwaiting { slug, status } => match status {
                Status::Planning => Some(format!("continue with `piton migration step {slug}`")),
                Status::Ready | Status::InProgress => Some(
                    "`piton run --focus-on-live-migrations` carries out what is ready".to_owned(),
                ),
                Status::Skipped | Status::Done => None,
            },
            Self::Over {
                verb: "refine",
                slug,
                status: Status::Skipped,
            } => Some(format!(
                "`piton migration reopen {slug} --message TEXT` reopens it"
            )),
            Self::OpenFindings { slug } => Some(format!(
                "`piton migration review {slug}` shows them; then `piton migration refine {slug}` or `piton migration reject {slug}`"
            )),
            Self::Transition { .. } => {
                Some("a plan can be refined until its first phase is done".to_owned())
            }
            Self::NotRejected { slug, status } => match status {
                Status::Planning | Status::Ready => Some(format!(
                    "`piton migration refine {slug}` gives feedback on a plan"
                )),
                Status::InProgress | Status::Skipped | Status::Done => None,
            },
            Self::NothingBefore { slug } => Some(format!(
                "`piton migration log {slug}` lists its commits; `piton migration delete {slug}` removes it"
            )),
            Self::PhaseLanded { commits, .. } => Some(format!(
                "revert its commits first, the newest first: `git revert {}`",
                commits.join(" ")
            )),
            Self::Changed { slug } => Some(format!(
                "read it again with `piton migration review {slug}`"
            )),
            Self::StillAwaiting { slug } => Some(format!(
                "nothing was changed; `piton migration review {slug}` asks again"
            )),
            Self::AsksPerson { slug } => Some(format!(
                "`piton migration review {slug}` shows what is asked; then approve, refine or reject"
            )),
            Self::Awake { .. } => Some(
                "`piton run --focus-on-live-migrations --dry-run` says what comes next".to_owned(),
            ),
            Self::Over { .. }
            | Self::Blank { .. }
            | Self::State { .. }
            | Self::ReviewedManifest { .. }
            | Self::NoReviewedManifest { .. } => None,
        }
    }
}
