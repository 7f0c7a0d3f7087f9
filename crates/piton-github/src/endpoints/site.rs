//! The repository's GitHub Pages site.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::below;
use crate::error::Result;
use crate::forge::{Forge, ForgeRead};
use crate::repo::RepoName;
use crate::request::{Change, Get};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Site {
    #[serde(default)]
    pub html_url: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub source: Option<Source>,
}

/// Which folder of which branch is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub branch: String,
    pub path: String,
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName) -> Result<Site> {
    forge.read(&Get::new(below(repo, &["pages"])))
}

/// Switches the site on; [`ForgeError::Conflict`](crate::ForgeError::Conflict) where
/// it is on.
pub fn enable(forge: &dyn Forge, repo: &RepoName, source: &Source) -> Result<Site> {
    let body = json!({"build_type": "legacy", "source": source});
    forge.change(&Change::post(below(repo, &["pages"]), body))
}
