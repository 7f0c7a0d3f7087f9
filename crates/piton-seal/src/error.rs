//! Why there is no seal.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Failure to make a seal. Nothing was started.
#[derive(Debug, Error)]
pub enum SealError {
    #[error("{} is to be writable in the seal, and does not exist", path.display())]
    NotThere { path: PathBuf },
    #[error("{} could not be read for the seal", path.display())]
    Look {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the kernel refused the seal")]
    Kernel(#[source] io::Error),
}
