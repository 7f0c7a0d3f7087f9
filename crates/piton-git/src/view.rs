//! What is asked of git once, and serves whoever needs it.

use crate::{CommitId, GitError, GitRead, Setting};

/// Returns every setting that holds in the working tree of `git`, includes
/// followed, in the order in which git reads them.
pub fn settings(git: &dyn GitRead) -> Result<Vec<Setting>, GitError> {
    crate::settings::read(git.top())
}

/// What git says of a repository before anything is done in it: it is read
/// once and serves whoever needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub settings: Vec<Setting>,
    /// Every reference with the object it points at, by name.
    pub refs: Vec<(String, CommitId)>,
}

impl View {
    pub fn read(git: &dyn GitRead) -> Result<Self, GitError> {
        Ok(Self {
            settings: settings(git)?,
            refs: git.refs()?,
        })
    }
}
