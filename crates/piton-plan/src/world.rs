//! The two halves of the world that plans are about.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::given::Given;
use crate::output::OutputMap;

/// The reading half: tells how the world stands to an operation. One function
/// serves the check before a saved plan is applied, the check just before an
/// action is performed, carrying on after a crash, and verification.
pub trait Observe<O>: Sync {
    fn observe(&self, operation: &O, given: &Given<'_>) -> Result<Observation, Failure>;
}

/// The writing half: does what an operation says, and nothing else.
pub trait Perform<O>: Sync {
    fn perform(&self, operation: &O, given: &Given<'_>) -> Result<Done, Failure>;
}

/// How the world stands to an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// The premise holds, and there is something to do.
    Pending { found: String },
    /// What the operation wants holds already.
    Already { outputs: OutputMap },
    /// The premise does not hold any more.
    Changed { expected: String, found: String },
    /// The world does not tell.
    Unknown { why: String },
}

/// What performing an operation gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    pub message: String,
    pub outputs: OutputMap,
}

impl Done {
    pub fn saying(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            outputs: OutputMap::new(),
        }
    }

    /// Adds an output.
    #[must_use]
    pub fn with<T>(mut self, output: &crate::Output<T>, value: impl Into<Value>) -> Self {
        self.outputs.insert(output.name().to_owned(), value.into());
        self
    }
}

/// Why an action failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}")]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub kind: FailureKind,
    pub error: String,
}

/// The kinds of failure that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    Auth,
    NotFound,
    RateLimit,
    Network,
    /// The world is not as it was when the plan was decided.
    Conflict,
    Io,
    Input,
    /// A fault of piton's own.
    Internal,
}

impl FailureKind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::NotFound => "not_found",
            Self::RateLimit => "rate_limit",
            Self::Network => "network",
            Self::Conflict => "conflict",
            Self::Io => "io",
            Self::Input => "input",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Failure {
    pub fn new(kind: FailureKind, error: impl Into<String>) -> Self {
        Self {
            kind,
            error: error.into(),
        }
    }

    pub fn internal(error: impl Into<String>) -> Self {
        Self::new(FailureKind::Internal, error)
    }

    /// Tells an error with everything below it.
    pub fn of(kind: FailureKind, error: &dyn Error) -> Self {
        Self::new(kind, piton_base::on_one_line(error))
    }

    pub(crate) fn changed(expected: &str, found: &str) -> Self {
        Self::new(
            FailureKind::Conflict,
            format!("it changed since the plan was made: expected {expected}, found {found}"),
        )
    }
}
