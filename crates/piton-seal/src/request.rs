//! What a run needs.

use std::path::PathBuf;

use crate::wanted::Network;

/// What a run needs. Everything that is not asked for here is refused, save for
/// reading what is no credential store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Files and directories that it may write; each must be there.
    pub write: Vec<PathBuf>,
    /// The same, for what need not be there, such as the state of an agent
    /// that was never started.
    pub write_if_there: Vec<PathBuf>,
    /// The user's home directory, where the credential stores are.
    pub home: Option<PathBuf>,
    /// More that it may not read, as absolute paths.
    pub hide: Vec<PathBuf>,
    /// What of the hidden it may read after all.
    pub read: Vec<PathBuf>,
    pub network: Network,
}
