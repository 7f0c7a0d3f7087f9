//! Why a directory could not be replaced.

use std::path::PathBuf;

use super::commit::CommitFailure;
use super::live_path::LivePath;
use crate::atomic::WriteError;
use crate::digest::TreeDigest;
use crate::refusal::DiskError;
use crate::tree::TreeError;

/// Why a transaction, or recovering one, did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TransactionError {
    #[error(
        "{live} has changed since: the new version was built from {base}, and {found} is live now"
    )]
    StaleBase {
        live: LivePath,
        base: TreeDigest,
        found: TreeDigest,
    },
    #[error("{} is not a directory, so nothing can be published there", path.display())]
    InTheWay { path: PathBuf },
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("{} cannot be encoded", path.display())]
    Encode {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("the publish of {live} still waits for its commit")]
    Commit {
        live: LivePath,
        #[source]
        source: CommitFailure,
    },
    /// The publish failed, and so did undoing it. The next command decides.
    #[error(
        "the publish of {live} could not be undone ({reason}); the next command finishes or \
         undoes it"
    )]
    Unsettled {
        live: LivePath,
        reason: String,
        #[source]
        source: Box<TransactionError>,
    },
    /// A bug of this program: recovery must come to an end.
    #[error("recovery of the transaction {} does not end", path.display())]
    Restless { path: PathBuf },
}
