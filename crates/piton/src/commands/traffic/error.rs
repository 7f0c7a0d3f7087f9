//! Errors of GitHub and of setting up, as commands end with them.

use piton_github::ForgeError;
use piton_traffic::provision::{CreateError, ObserveError};

use crate::error::{CommandError, ErrorKind};

pub(super) fn forge(what: &str, error: ForgeError) -> CommandError {
    CommandError::new((&error).into(), format!("could not {what}"))
        .hints(error.hint())
        .with_source(error)
}

pub(super) fn observe(error: ObserveError) -> CommandError {
    match error {
        ObserveError::Forge(error) => forge("read what is set up", error),
        error => CommandError::failed("could not decide about the gists")
            .with_source(error)
            .hint("`piton traffic create --badge-gist ID --archive-gist ID` names the right ones"),
    }
}

pub(super) fn create(error: CreateError) -> CommandError {
    match error {
        CreateError::NoInstall => CommandError::usage("could not make the workflow")
            .with_source(error)
            .hint("`piton config set ci.install VERSION` pins the version that it installs"),
        CreateError::Settle(_) => {
            CommandError::usage("could not set up tracking").with_source(error)
        }
        CreateError::Disagree { kind, .. } => {
            CommandError::new(ErrorKind::NeedsPerson, "could not choose between gists")
                .with_source(error)
                .hint(format!(
                    "`piton traffic create {} ID` says which",
                    kind.flag()
                ))
        }
        CreateError::NotOurs { .. }
        | CreateError::Damaged { .. }
        | CreateError::Files(_)
        | CreateError::Unreadable(..) => {
            let hints = error.hints();
            CommandError::failed("could not set up tracking; nothing was changed")
                .with_source(error)
                .hints(hints)
        }
        CreateError::Faults(faults) => faults.into(),
    }
}
