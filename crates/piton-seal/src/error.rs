//! Why there is no seal.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Failure to make a seal. Nothing was started.
#[derive(Debug, Error)]
pub enum SealError {
    #[error("{} shall be writable in the seal and is not there", path.display())]
    NotThere { path: PathBuf },
    #[error("failed to look at {} for the seal", path.display())]
    Look {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the kernel refused the seal")]
    Kernel(#[source] io::Error),
}
