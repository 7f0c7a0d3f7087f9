//! Where a command works: in a repository, or in the user's own folders.

use std::path::PathBuf;

use piton_git::{GitError, GitRead, Repository};

use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::hands::Reading;
use crate::planned::Site;

impl Context {
    /// Returns the site of a command that works in a repository.
    pub(crate) fn site<'a>(&'a self, place: &Place) -> Site<'a> {
        Site {
            context: self,
            reading: Reading::new(self, Some(place.repository.clone())),
            state: place.state(),
        }
    }
}

/// Returns the site here: that of the repository, or outside of any the user's.
pub(crate) fn anywhere(context: &Context) -> Result<Site<'_>, CommandError> {
    let repository = match Repository::find(&context.directory) {
        Ok(repository) => Some(repository),
        Err(GitError::NotARepository { .. } | GitError::Bare { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let state = match &repository {
        Some(repository) => repository.common_dir().join("piton"),
        None => context.environment.user_state().ok_or_else(|| {
            CommandError::usage("could not tell where to keep the journal")
                .hint("set HOME or XDG_STATE_HOME, or work in a repository")
        })?,
    };
    Ok(Site {
        context,
        reading: Reading::new(context, repository),
        state,
    })
}

/// Returns the directory of the journals here.
pub(crate) fn journals(context: &Context) -> Result<PathBuf, CommandError> {
    Ok(anywhere(context)?.state.join("journals"))
}
