//! The backend that keeps plans on GitHub.

use piton_github::{Forge, RepoName};

use super::writing::Writing;

/// In what plans are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    Issue,
    DraftPull,
}

impl Medium {
    /// The label that every plan has.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Issue => "erk-plan",
            Self::DraftPull => "erk-pr",
        }
    }
}

/// Plans on GitHub.
#[derive(Debug)]
pub struct ForgeBackend<'a> {
    pub forge: &'a dyn Forge,
    pub repo: RepoName,
    pub place: Medium,
    pub writing: Writing<'a>,
}
