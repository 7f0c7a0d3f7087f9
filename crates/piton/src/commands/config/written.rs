//! The settings that count here.

use crate::config::{Settings, UnknownKey};
use crate::context::Context;
use crate::error::CommandError;

/// Reads the settings that count here, and tells of those that are written and
/// do not count before they are committed; outside a repository, the user's.
pub(super) fn settings(context: &Context) -> Result<Settings, CommandError> {
    match context.place_if_any()? {
        Some(place) => Ok(context.vetted(place)?.settings),
        None => context.settings(None),
    }
}

/// A name that no setting has.
pub(super) fn unknown(error: UnknownKey) -> CommandError {
    CommandError::usage(format!("unknown key `{}`", error.name))
        .argument(error.name)
        .suggest(error.nearest)
        .hint("`piton config show` lists the keys that have a value, docs/cli.md all of them")
}
