//! Loading the notes.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{DiskError, DiskRead};
use thiserror::Error;

use super::OWN_FILE;
use super::data::{OwnData, OwnDataError};

const MAX_OWN: u64 = 16 << 20;

/// Why notes cannot be used.
#[derive(Debug, Error)]
pub enum OwnLoadError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("failed to decode {}", .path.display())]
    Decode {
        path: PathBuf,
        #[source]
        source: OwnDataError,
    },
}

/// Loads the notes about the migration in `dir`; `None` where there are none.
pub fn load_own(disk: &dyn DiskRead, dir: &Path) -> Result<Option<OwnData>, OwnLoadError> {
    let path = dir.join(OWN_FILE);
    match disk.read_at_most(&path, MAX_OWN) {
        Ok(bytes) => match OwnData::decode(&bytes) {
            Ok(data) => Ok(Some(data)),
            Err(source) => Err(OwnLoadError::Decode { path, source }),
        },
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
