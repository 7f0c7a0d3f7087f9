//! Traffic: views, clones, referrers, paths of the last fourteen days.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{below, wrapped};
use crate::error::Result;
use crate::forge::ForgeRead;
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

pub fn clones(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<Day>> {
    days(forge, repo, "clones")
}

pub fn views(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<Day>> {
    days(forge, repo, "views")
}

fn days(forge: &dyn ForgeRead, repo: &RepoName, what: &str) -> Result<Vec<Day>> {
    let get = Get::new(below(repo, &["traffic", what])).with("per", "day");
    wrapped(&forge.get(&get)?)
}

pub fn referrers(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<Referrer>> {
    popular(forge, repo, "referrers")
}

pub fn paths(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Vec<PopularPath>> {
    popular(forge, repo, "paths")
}

fn popular<T: DeserializeOwned>(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    what: &str,
) -> Result<Vec<T>> {
    forge.read(&Get::new(below(repo, &["traffic", "popular", what])))
}
