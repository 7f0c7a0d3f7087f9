//! What GitHub offers, an area a room: the requests, and what we read of their
//! answers. Only what GitHub's published descriptions have.

pub mod actions;
pub mod comments;
pub mod contents;
pub mod gists;
pub mod git;
pub mod issues;
pub mod labels;
pub mod people;
pub mod pulls;
pub mod releases;
pub mod repository;
pub mod runs;
pub mod secrets;
pub mod site;
mod standing;
pub mod stargazers;
pub mod thread;
pub mod traffic;
pub mod variables;
pub mod versions;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::forge::{Answer, ForgeRead};
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Get, Path};

/// The path of what is below a repository.
fn below(repo: &RepoName, pieces: &[&str]) -> Path {
    Path::from(&[&["repos", repo.owner(), repo.name()], pieces].concat())
}

/// Lists all that is below a repository, in pages as large as GitHub gives
/// them.
fn listed<'a, T: DeserializeOwned>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    pieces: &[&str],
) -> Listing<'a, T> {
    all(forge, Get::new(below(repo, pieces)).in_full_pages())
}

/// Reads a list that comes in an object, under the name of its area.
fn wrapped<T: DeserializeOwned>(answer: &Answer) -> Result<Vec<T>> {
    #[derive(Deserialize)]
    struct Page<T> {
        #[serde(
            alias = "clones",
            alias = "jobs",
            alias = "views",
            alias = "workflow_runs",
            alias = "workflows"
        )]
        list: Vec<T>,
    }
    Ok(answer.json::<Page<T>>()?.list)
}
