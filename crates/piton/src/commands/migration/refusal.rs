//! What keeps a person's decision from being recorded, as the error of a command.

use piton_loop::planning::person::PersonRefusal;
use piton_migration::slug::Slug;

use crate::error::{CommandError, ErrorKind};

/// Turns a refusal of a person's decision into the error of a command.
pub(crate) fn person_refusal(error: PersonRefusal, slug: &Slug) -> CommandError {
    let kind = match &error {
        PersonRefusal::AsksPerson { .. } => ErrorKind::NeedsPerson,
        PersonRefusal::NotAwaiting { .. }
        | PersonRefusal::OpenFindings { .. }
        | PersonRefusal::Over { .. }
        | PersonRefusal::Blank { .. }
        | PersonRefusal::Awake { .. }
        | PersonRefusal::Transition { .. }
        | PersonRefusal::State { .. }
        | PersonRefusal::NotRejected { .. }
        | PersonRefusal::NothingBefore { .. }
        | PersonRefusal::PhaseLanded { .. }
        | PersonRefusal::StillAwaiting { .. } => ErrorKind::Usage,
        PersonRefusal::Changed { .. } => ErrorKind::Stale,
        PersonRefusal::Snapshot(_)
        | PersonRefusal::Site(_)
        | PersonRefusal::ReviewedManifest { .. }
        | PersonRefusal::NoReviewedManifest { .. } => ErrorKind::Failed,
    };
    let hint = error.hint();
    CommandError::new(
        kind,
        format!("could not decide about {slug}; nothing was changed"),
    )
    .with_source(error)
    .hints(hint)
}
