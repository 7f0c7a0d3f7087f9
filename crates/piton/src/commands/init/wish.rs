//! Where something should be that may be elsewhere now.

use piton_base::RepoPath;

/// Where things are now, and where they should be.
#[derive(Debug)]
pub(super) struct Wish {
    /// Where it was put before, by piton or by the original.
    pub(super) before: Option<RepoPath>,
    pub(super) wanted: RepoPath,
    pub(super) force: bool,
}
