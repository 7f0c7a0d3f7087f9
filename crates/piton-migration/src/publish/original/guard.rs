//! The operating system's lock that piton holds beside the original's.

/// The lock as whoever holds it knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Guard {
    pub(in super::super) path: String,
    /// What it is called by the file system: the same in every container.
    pub(in super::super) file: Option<u64>,
}
