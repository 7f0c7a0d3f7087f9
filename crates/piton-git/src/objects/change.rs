//! One path that differs.

use std::path::PathBuf;

/// One path as a tree holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// As git writes it: `100644`, `100755`, `120000`, `160000`.
    pub mode: String,
    pub object: String,
}

impl TreeEntry {
    pub(crate) fn is_submodule(&self) -> bool {
        self.mode == "160000"
    }

    pub(crate) fn is_link(&self) -> bool {
        self.mode == "120000"
    }

    /// Whether it is a file that holds what it is.
    pub fn is_file(&self) -> bool {
        self.runs() || self.mode == "100644"
    }

    /// Whether it is a file that may be run.
    pub(crate) fn runs(&self) -> bool {
        self.mode == "100755"
    }
}

/// One path that differs between two commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// From the top of the working tree.
    pub path: PathBuf,
    pub from: Option<TreeEntry>,
    pub to: Option<TreeEntry>,
}
