//! Where a command works: in a repository, or in the user's own folders.

use piton_base::StateDir;
use std::path::PathBuf;

use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::planned::Site;
use crate::world::Reading;

impl Context {
    /// Returns the site of a command that works in a repository.
    pub(crate) fn site<'a>(&'a self, place: &Place) -> Site<'a> {
        Site {
            context: self,
            reading: Reading::new(self, Some(place)),
            state: place.state(),
            told: Vec::new(),
        }
    }
}

/// Returns the site here: that of the repository, or outside of any the user's.
pub(crate) fn anywhere(context: &Context) -> Result<Site<'_>, CommandError> {
    if let Some(place) = context.place_if_any()? {
        return Ok(context.site(&place));
    }
    let state = context.environment.user_state().ok_or_else(|| {
        CommandError::usage("could not tell where to keep the journal")
            .hint("set HOME or XDG_STATE_HOME, or work in a repository")
    })?;
    Ok(Site {
        context,
        reading: Reading::new(context, None),
        state: StateDir::at(&state),
        told: Vec::new(),
    })
}

/// Returns the directory of the journals here.
pub(crate) fn journals(context: &Context) -> Result<PathBuf, CommandError> {
    Ok(anywhere(context)?.journals())
}
