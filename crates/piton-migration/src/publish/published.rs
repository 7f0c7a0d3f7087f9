//! What came of a publish.

use piton_durable::TreeDigest;

use super::notice::Notice;

/// A candidate that is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What is live now, and the base of what comes next.
    pub digest: TreeDigest,
    /// The commit that was made of it, if one was wanted and anything differed.
    pub commit: Option<String>,
    /// What was put in order before.
    pub recovered: Vec<Notice>,
    /// What could not be cleaned up afterwards.
    pub unclean: Option<String>,
}
