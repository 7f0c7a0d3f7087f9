//! What a request to GitHub that gave no answer means for a command.

use piton_base::on_one_line;
use piton_github::ForgeError;

use super::command_error::CommandError;
use super::kind::ErrorKind;

impl From<&ForgeError> for ErrorKind {
    fn from(error: &ForgeError) -> Self {
        match error {
            ForgeError::NotSignedIn { .. } | ForgeError::NoPermission { .. } => {
                Self::Authentication
            }
            ForgeError::Limited { .. } => Self::LimitReached,
            ForgeError::Stopped { .. } => Self::Interrupted,
            ForgeError::NotFound { .. }
            | ForgeError::Conflict { .. }
            | ForgeError::Refused { .. }
            | ForgeError::Outage { .. }
            | ForgeError::Transport { .. }
            | ForgeError::Garbled { .. } => Self::Failed,
        }
    }
}

impl From<ForgeError> for CommandError {
    fn from(error: ForgeError) -> Self {
        Self::new((&error).into(), on_one_line(&error)).hints(error.hint())
    }
}
