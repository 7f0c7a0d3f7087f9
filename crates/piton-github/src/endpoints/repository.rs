//! The repository itself.

use jiff::Timestamp;
use serde::Deserialize;

use super::below;
use crate::error::Result;
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
    pub stargazers_count: u64,
    #[serde(default)]
    pub forks_count: u64,
    /// Pull requests included.
    #[serde(default)]
    pub open_issues_count: u64,
    #[serde(default)]
    pub description: Option<String>,
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Repository> {
    get_with_answer(forge, repo).map(|(repository, _)| repository)
}

/// Returns the repository with the answer, which tells when the token ends.
pub fn get_with_answer(forge: &dyn ForgeRead, repo: &RepoName) -> Result<(Repository, Answer)> {
    let answer = forge.get(&Get::new(below(repo, &[])))?;
    Ok((answer.json()?, answer))
}
