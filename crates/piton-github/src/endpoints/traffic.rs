//! Traffic: views, clones, referrers, paths of the last fourteen days.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::{Answer, ForgeRead};
use crate::repo::RepoName;
use crate::request::Get;

/// The counts of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub timestamp: Timestamp,
    pub count: u64,
    pub uniques: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referrer {
    #[serde(rename = "referrer")]
    pub source: String,
    pub count: u64,
    pub uniques: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopularPath {
    pub path: String,
    pub title: String,
    pub count: u64,
    pub uniques: u64,
}

pub fn clones(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<Day>, ForgeError> {
    #[derive(Deserialize)]
    struct Clones {
        clones: Vec<Day>,
    }
    Ok(read(forge, repo, &["traffic", "clones"])?
        .json::<Clones>()?
        .clones)
}

pub fn views(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<Day>, ForgeError> {
    #[derive(Deserialize)]
    struct Views {
        views: Vec<Day>,
    }
    Ok(read(forge, repo, &["traffic", "views"])?
        .json::<Views>()?
        .views)
}

pub fn referrers(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<Referrer>, ForgeError> {
    forge
        .get(&Get::new(&below(
            repo,
            &["traffic", "popular", "referrers"],
        )))?
        .json()
}

pub fn paths(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<PopularPath>, ForgeError> {
    forge
        .get(&Get::new(&below(repo, &["traffic", "popular", "paths"])))?
        .json()
}

fn read(forge: &dyn ForgeRead, repo: &RepoName, pieces: &[&str]) -> Result<Answer, ForgeError> {
    forge.get(&Get::new(&below(repo, pieces)).with("per", "day"))
}
