//! Releases with their assets.

use serde::Deserialize;

use super::listed;
use crate::forge::ForgeRead;
use crate::pages::Listing;
use crate::repo::RepoName;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Release {
    pub id: u64,
    pub tag_name: String,
    #[serde(default)]
    pub draft: bool,
    #[serde(default)]
    pub assets: Vec<Asset>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Asset {
    pub id: u64,
    pub name: String,
    pub download_count: u64,
}

/// Lists releases, newest first.
pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Release> {
    listed(forge, repo, &["releases"])
}
