//! Why an action failed.

use std::error::Error;

use jiff::Timestamp;
use piton_durable::{DiskError, WriteError};
use serde::{Deserialize, Serialize};

/// Why an action failed: the fact, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub kind: FailureKind,
    #[serde(rename = "error")]
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// When to come back: before that, trying again fails the same way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where everything about it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<str>>,
}

piton_base::words! {
    /// The kinds of failure that callers tell apart.
    #[derive(Hash)]
    pub enum FailureKind: "a kind of failure" {
        /// Nobody is logged in, or the credentials are no longer good.
        Auth = "auth",
        /// Whoever is logged in may not do this.
        Permission = "permission",
        NotFound = "not_found",
        /// A service wants fewer requests for a while.
        RateLimit = "rate_limit",
        /// What may be used is used up until it is granted again.
        LimitReached = "limit_reached",
        Network = "network",
        /// The world is not as it was when the plan was decided.
        Conflict = "conflict",
        /// The project's own tests refuse the result.
        ValidationRed = "validation_red",
        Io = "io",
        Input = "input",
        /// A fault of piton's own.
        Internal = "internal",
    }
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        Self::io(error)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::io(error)
    }
}

impl Failure {
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            until: None,
            record: None,
        }
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Internal, message)
    }

    /// Tells an error with everything below it.
    pub fn of(kind: FailureKind, error: &dyn Error) -> Self {
        Self::new(kind, piton_base::on_one_line(error))
    }

    /// Tells an error of the disk, or of what was read from it.
    pub fn io(error: impl Error) -> Self {
        Self::of(FailureKind::Io, &error)
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says when to come back.
    #[must_use]
    pub fn until(mut self, until: Option<Timestamp>) -> Self {
        self.until = until;
        self
    }

    /// Says where everything about it is.
    #[must_use]
    pub fn record(mut self, record: impl Into<String>) -> Self {
        self.record = Some(record.into().into_boxed_str());
        self
    }

    pub(crate) fn changed(expected: &str, found: &str) -> Self {
        Self::new(
            FailureKind::Conflict,
            format!("it changed since the plan was made: expected {expected}, found {found}"),
        )
    }
}
