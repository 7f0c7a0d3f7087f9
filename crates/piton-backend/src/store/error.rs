//! Everything that asking a backend can come to instead of an answer.

use piton_durable::{DiskError, LockError, TreeError, WriteError};
use piton_github::ForgeError;
use piton_plan::{Failure, FailureKind};
use thiserror::Error;

use super::id::PlanId;
use crate::header::{EditError, HeaderFault, PatchError};
use crate::text::TooLong;

pub(crate) type Result<T, E = BackendError> = std::result::Result<T, E>;

/// Why a backend did not do what it was asked.
#[derive(Debug, Error)]
pub enum BackendError {
    #[error("plan {0} not found")]
    NotFound(PlanId),
    #[error("plan {id} is {what}")]
    NotAPlan { id: PlanId, what: &'static str },
    #[error("`{id}` is not an id here: {expected}")]
    ForeignId { id: PlanId, expected: &'static str },
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Patch(#[from] PatchError),
    #[error(transparent)]
    TooLong(#[from] TooLong),
    #[error("the text of a plan must not be empty")]
    EmptyText,
    #[error("plan {0} has no comment that holds its text")]
    NoTextComment(PlanId),
    /// Somebody wrote another text than the one that was to be replaced.
    #[error("the text of plan {0} was changed meanwhile")]
    TextChanged(PlanId),
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error("plan {id} was made, but not all of it: {missing}")]
    Partial {
        id: PlanId,
        missing: &'static str,
        #[source]
        source: Box<BackendError>,
    },
    /// Another process of this clone is writing to the same plan.
    #[error("another process of this clone is writing to the plan")]
    Busy(#[source] LockError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Clear(#[from] TreeError),
    #[error("{0}")]
    Damaged(String),
}

piton_base::words! {
    /// What went wrong, in the four words that programs are told.
    pub enum Reason: "a reason" {
        NotFound = "not-found",
        NoPlanHeader = "no-plan-header",
        InvalidMetadata = "invalid-metadata",
        ProviderError = "provider-error",
    }
}

impl From<HeaderFault> for BackendError {
    fn from(fault: HeaderFault) -> Self {
        Self::Edit(EditError::Header(fault))
    }
}

/// What follows from an error.
struct Follows {
    reason: Reason,
    kind: FailureKind,
    /// Whether the same call may succeed later.
    may_pass: bool,
}

impl BackendError {
    fn follows(&self) -> Follows {
        use {FailureKind as Kind, Reason as Is};
        let (reason, kind, may_pass) = match self {
            Self::NotFound(_) => (Is::NotFound, Kind::NotFound, false),
            Self::ForeignId { .. } => (Is::NotFound, Kind::Input, false),
            Self::NotAPlan { .. } | Self::Edit(EditError::Header(HeaderFault::Absent)) => {
                (Is::NoPlanHeader, Kind::Input, false)
            }
            Self::Edit(
                EditError::Header(HeaderFault::Broken(_) | HeaderFault::Several { .. })
                | EditError::Invalid(_)
                | EditError::WouldNotReadBack,
            )
            | Self::Patch(_)
            | Self::TooLong(_)
            | Self::EmptyText => (Is::InvalidMetadata, Kind::Input, false),
            Self::NoTextComment(_) | Self::Partial { .. } | Self::Damaged(_) => {
                (Is::ProviderError, Kind::Input, false)
            }
            Self::TextChanged(_) => (Is::ProviderError, Kind::Conflict, false),
            Self::Busy(_) => (Is::ProviderError, Kind::Conflict, true),
            // A full disk may have room later; it is no answer to what was asked.
            Self::Disk(_) | Self::Write(_) | Self::Clear(_) => (Is::ProviderError, Kind::Io, true),
            Self::Forge(error) => {
                let said_no = match error {
                    ForgeError::NotFound { .. }
                    | ForgeError::Conflict { .. }
                    | ForgeError::Refused { .. } => true,
                    ForgeError::NotSignedIn { .. }
                    | ForgeError::NoPermission { .. }
                    | ForgeError::Limited { .. }
                    | ForgeError::Outage { .. }
                    | ForgeError::Transport { .. }
                    | ForgeError::Garbled { .. }
                    | ForgeError::Stopped { .. } => false,
                };
                (Is::ProviderError, error.kind(), !said_no)
            }
        };
        Follows {
            reason,
            kind,
            may_pass,
        }
    }

    /// Returns the reason in one word.
    pub fn reason(&self) -> Reason {
        self.follows().reason
    }

    /// Returns whether the same call may succeed later, so that keeping it and
    /// sending it again makes sense.
    pub fn may_pass(&self) -> bool {
        self.follows().may_pass
    }

    /// Returns whether it says nothing of the plan that was asked for: no other
    /// plan of the same keeper can be reached now either.
    pub const fn is_of_all_plans(&self) -> bool {
        matches!(
            self,
            Self::Forge(
                ForgeError::NotSignedIn { .. }
                    | ForgeError::Limited { .. }
                    | ForgeError::Transport { .. }
                    | ForgeError::Stopped { .. }
            )
        )
    }

    /// Returns what to do next, where one thing helps.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Forge(error) => error.hint(),
            Self::NotFound(_) => Some("`piton plan list` lists what is there".to_owned()),
            Self::Edit(EditError::Header(HeaderFault::Absent)) => {
                Some("`piton plan check` says what the text has".to_owned())
            }
            Self::Edit(EditError::Header(HeaderFault::Several { .. })) => {
                Some("`piton plan check` shows them; keep one by hand".to_owned())
            }
            Self::Partial { id, .. } => Some(format!(
                "run the same command again to complete it, or look with `piton plan check {id}`"
            )),
            Self::Busy(_) => Some("try again".to_owned()),
            Self::TextChanged(id) => Some(format!(
                "read it with `piton plan show {id}`, and decide again"
            )),
            Self::NotAPlan { .. }
            | Self::ForeignId { .. }
            | Self::Edit(_)
            | Self::Patch(_)
            | Self::TooLong(_)
            | Self::EmptyText
            | Self::NoTextComment(_)
            | Self::Disk { .. }
            | Self::Write(_)
            | Self::Clear(_)
            | Self::Damaged(_) => None,
        }
    }
}

impl From<BackendError> for Failure {
    fn from(error: BackendError) -> Self {
        Self::of(error.follows().kind, &error)
    }
}
