//! The settings as they are written here.

use crate::config::{Settings, UnknownKey};
use crate::context::Context;
use crate::error::CommandError;

/// Reads the settings that are written here, and tells which of them do not
/// count before they are committed; outside a repository, the user's.
pub(super) fn settings(context: &Context) -> Result<Settings, CommandError> {
    match context.place_if_any()? {
        Some(place) => {
            let written = place.settings.clone();
            context.vetted(place)?;
            Ok(written)
        }
        None => context.settings(None),
    }
}

/// A name that no setting has.
pub(super) fn unknown(error: UnknownKey) -> CommandError {
    CommandError::usage(format!("unknown key `{}`", error.name))
        .argument(error.name)
        .suggest(error.nearest)
        .hint("`piton config show` lists the keys")
}
