//! Where the records of runs are, for the commands that read them.

use std::path::PathBuf;

use piton_loop::runs::ListingError;

use crate::context::Place;
use crate::error::CommandError;

impl Place {
    /// Returns the directory of the run records.
    pub(crate) fn runs(&self) -> PathBuf {
        self.state().runs()
    }
}

/// Says that they could not be read.
pub(super) fn unreadable(error: ListingError) -> CommandError {
    let hint = error.hint().map(str::to_owned);
    CommandError::failed("could not read the run records")
        .with_source(error)
        .hints(hint)
}
