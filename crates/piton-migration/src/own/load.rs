//! Loading the notes.

use std::path::Path;

use piton_durable::DiskRead;

use super::OWN_FILE;
use super::data::{OwnData, OwnDataError};
use crate::load::{LoadError, load};

/// Loads the notes about the migration in `dir`; `None` where there are none.
pub fn load_own(
    disk: &dyn DiskRead,
    dir: &Path,
) -> Result<Option<OwnData>, LoadError<OwnDataError>> {
    match load(disk, dir.join(OWN_FILE), OwnData::decode) {
        Ok(data) => Ok(Some(data)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}
