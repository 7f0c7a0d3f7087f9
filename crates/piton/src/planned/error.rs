//! What keeps a plan from being carried out, as the error of a command.

use piton_durable::LockError;
use piton_plan::{AskError, InputMissing, PrepareError, journal};

use crate::error::{CommandError, ErrorKind};

/// Turns a lock that was not to be had into the error of a command.
pub(super) fn lock_error(error: LockError) -> CommandError {
    CommandError::failed("could not take the lock; nothing was changed")
        .hints(error.hint())
        .with_source(error)
}

/// Turns a journal that cannot be used into the error of a command.
pub(crate) fn journal_error(error: journal::JournalError) -> CommandError {
    use journal::JournalError as J;
    let kind = match &error {
        J::NotFound { .. } | J::Ambiguous { .. } | J::NothingToResume => ErrorKind::Usage,
        J::Log(_)
        | J::Disk(_)
        | J::Older { .. }
        | J::Newer { .. }
        | J::Damaged { .. }
        | J::Stranger { .. }
        | J::Misnamed { .. }
        | J::Plan { .. }
        | J::Finished { .. }
        | J::Over { .. }
        | J::Exists { .. } => ErrorKind::Failed,
    };
    CommandError::new(kind, "could not use the journal")
        .hints(error.hint())
        .with_source(error)
}

pub(super) fn prepare_error(error: PrepareError) -> CommandError {
    match error {
        PrepareError::Missing(InputMissing(missing)) => {
            let error = CommandError::new(
                ErrorKind::NeedsPerson,
                "answers are missing, and there is no terminal to ask at; nothing was changed",
            );
            missing.into_iter().fold(error, |error, one| {
                error.hint(format!(
                    "{}: {} — answer it with {}",
                    one.action, one.question, one.flag
                ))
            })
        }
        PrepareError::Ask { .. } => interrupted().with_source(error),
    }
}

pub(super) fn resume_error(error: journal::ResumeError) -> CommandError {
    match error {
        journal::ResumeError::Journal(error) => journal_error(error),
        journal::ResumeError::Prepare(error) => prepare_error(error),
    }
}

fn interrupted() -> CommandError {
    CommandError::new(ErrorKind::Interrupted, "interrupted; nothing was changed")
}

/// A question that nobody answered ends the command before it does anything.
impl From<AskError> for CommandError {
    fn from(error: AskError) -> Self {
        interrupted().with_source(error)
    }
}

pub(crate) fn lost_journal(error: piton_plan::RecordError) -> CommandError {
    CommandError::failed("could not finish the journal").with_source(error)
}
