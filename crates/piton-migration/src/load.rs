//! Loading one file of a migration.

use std::error::Error as StdError;
use std::path::PathBuf;

use piton_base::on_one_line;
use piton_durable::{DiskError, DiskRead, Kind};
use thiserror::Error;

/// No such file is read beyond this size.
const MOST: u64 = 16 << 20;

/// Why a file cannot be used. `E` says what its bytes are not.
#[derive(Debug, Error)]
pub enum LoadError<E: StdError + 'static> {
    #[error("{} is missing", .path.display())]
    Missing { path: PathBuf },
    #[error("{} is a link; links are never followed", .path.display())]
    Link { path: PathBuf },
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("{} cannot be decoded", .path.display())]
    Decode {
        path: PathBuf,
        #[source]
        source: E,
    },
}

impl<E: StdError> LoadError<E> {
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }

    /// Whether a disk failed that may do better a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Disk(error) => error.may_pass(),
            Self::Missing { .. } | Self::Link { .. } | Self::Decode { .. } => false,
        }
    }

    /// Says it on one line, where the file is named already.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Decode { source, .. } => on_one_line(source),
            Self::Missing { .. } | Self::Link { .. } | Self::Disk(_) => on_one_line(self),
        }
    }
}

/// Loads the file at `path`.
pub(crate) fn load<T, E: StdError>(
    disk: &dyn DiskRead,
    path: PathBuf,
    decode: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<T, LoadError<E>> {
    match disk.read_at_most(&path, MOST) {
        Ok(bytes) => decode(&bytes).map_err(|source| LoadError::Decode { path, source }),
        // Why it could not be read is found out off the path where all is well.
        Err(error) => Err(match disk.stat(&path) {
            Ok(None) => LoadError::Missing { path },
            Ok(Some(stat)) if stat.kind == Kind::Symlink => LoadError::Link { path },
            Ok(Some(_)) | Err(_) => error.into(),
        }),
    }
}
