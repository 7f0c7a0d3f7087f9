//! The git program, and who commits.

use std::path::Path;

use crate::program::GitCommand;
use crate::{GitError, Repository};

/// Returns the version of the git program, as it tells it.
pub fn version(dir: &Path) -> Result<String, GitError> {
    let text = GitCommand::reading(dir).arg("version").line()?;
    Ok(text.trim_start_matches("git version ").to_owned())
}

impl Repository {
    /// Returns who would be named as the author of a commit. That there is
    /// nobody is for git to say; it can fail for other reasons.
    pub fn identity(&self) -> Result<String, GitError> {
        let text = GitCommand::reading(self.top())
            .args(["var", "GIT_AUTHOR_IDENT"])
            .line()?;
        let name = text
            .rsplit_once('>')
            .map_or(text.as_str(), |(name, _)| name);
        Ok(format!("{name}>"))
    }
}
