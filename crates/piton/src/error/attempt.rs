//! From an error of a library to that of a command.

use std::error::Error;
use std::io;

use piton_durable::{DiskError, WriteError};
use piton_plan::PlanFaults;

use super::command_error::CommandError;
use super::kind::ErrorKind;

/// Turns an error from below into that of a command, which says what was
/// attempted.
pub(crate) trait Attempt<T>: Sized {
    fn or_error(self, kind: ErrorKind, message: impl Into<String>) -> Result<T, CommandError>;

    fn or_failed(self, message: impl Into<String>) -> Result<T, CommandError> {
        self.or_error(ErrorKind::Failed, message)
    }

    fn or_usage(self, message: impl Into<String>) -> Result<T, CommandError> {
        self.or_error(ErrorKind::Usage, message)
    }

    fn or_internal(self, message: impl Into<String>) -> Result<T, CommandError> {
        self.or_error(ErrorKind::Internal, message)
    }
}

impl<T, E: Into<Box<dyn Error + Send + Sync>>> Attempt<T> for Result<T, E> {
    fn or_error(self, kind: ErrorKind, message: impl Into<String>) -> Result<T, CommandError> {
        self.map_err(|error| CommandError::new(kind, message).with_source(error))
    }
}

impl From<piton_git::GitError> for CommandError {
    fn from(error: piton_git::GitError) -> Self {
        use piton_git::GitError as G;
        let kind = match &error {
            G::NotARepository { .. } | G::Bare { .. } | G::TreeElsewhere { .. } => ErrorKind::Usage,
            G::Elsewhere { .. } | G::UnderWay(_) => ErrorKind::NeedsPerson,
            G::NoGit(_)
            | G::Spawn { .. }
            | G::NoIdentity
            | G::Locked { .. }
            | G::CommitRefused { .. }
            | G::Moved { .. }
            | G::LeftOut { .. }
            | G::Record { .. }
            | G::Disk(_)
            | G::Write(_)
            | G::Clear(_)
            | G::Failed { .. }
            | G::NotNow { .. }
            | G::Unwritable { .. }
            | G::Unreadable { .. } => ErrorKind::Failed,
        };
        let message = match &error {
            G::NotARepository { .. } | G::Bare { .. } | G::TreeElsewhere { .. } => {
                "find the repository to work in"
            }
            _ => "work with the repository",
        };
        Self::new(kind, format!("could not {message}"))
            .hints(error.hint())
            .with_source(error)
    }
}

impl From<PlanFaults> for CommandError {
    fn from(faults: PlanFaults) -> Self {
        Self::no_plan().with_source(faults)
    }
}

impl From<DiskError> for CommandError {
    fn from(error: DiskError) -> Self {
        let message = format!("could not {}", error.attempt());
        Self::failed(message).with_source(io::Error::from(error))
    }
}

impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Disk(error) | WriteError::SyncName(error) => error.into(),
            WriteError::InTheWay { .. } | WriteError::NoName { .. } => {
                Self::failed("could not write a file").with_source(error)
            }
        }
    }
}
