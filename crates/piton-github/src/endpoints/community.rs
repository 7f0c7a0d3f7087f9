//! The community profile: which of the files that people look for are there.

use serde::Deserialize;
use serde_json::Value;

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::ForgeRead;
use crate::repo::RepoName;
use crate::request::Get;

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Profile {
    pub health_percentage: u8,
    /// Null for each file that is missing.
    #[serde(default)]
    pub files: Value,
}

pub fn profile(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Profile, ForgeError> {
    forge
        .get(&Get::new(&below(repo, &["community", "profile"])))?
        .json()
}
