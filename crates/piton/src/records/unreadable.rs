//! Records that cannot be read, as the error of a command.

use piton_loop::runs::ListingError;

use crate::error::CommandError;

/// Says that they could not be read.
pub(crate) fn unreadable(error: ListingError) -> CommandError {
    CommandError::failed("could not read the run records")
        .hints(error.hint())
        .with_source(error)
}
