//! The repository itself.

use jiff::Timestamp;
use serde::Deserialize;

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::{Answer, ForgeRead};
use crate::repo::RepoName;
use crate::request::Get;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Repository {
    pub id: u64,
    /// Its name now: another one than was asked for where it moved.
    pub full_name: RepoName,
    pub default_branch: String,
    pub created_at: Timestamp,
    pub html_url: String,
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub fork: bool,
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub has_pages: Option<bool>,
    #[serde(default)]
    pub stargazers_count: u64,
    #[serde(default)]
    pub forks_count: u64,
    /// Pull requests included.
    #[serde(default)]
    pub open_issues_count: u64,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub permissions: Option<Permissions>,
}

/// What the token's owner may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Permissions {
    pub admin: bool,
    pub push: bool,
    pub pull: bool,
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Repository, ForgeError> {
    get_with_answer(forge, repo).map(|(repository, _)| repository)
}

/// Returns the repository with the answer, which tells when the token ends.
pub fn get_with_answer(
    forge: &dyn ForgeRead,
    repo: &RepoName,
) -> Result<(Repository, Answer), ForgeError> {
    let answer = forge.get(&Get::new(&below(repo, &[])))?;
    Ok((answer.json()?, answer))
}
