//! When the repository was starred.

use jiff::Timestamp;
use serde::Deserialize;

use super::below;
use crate::forge::ForgeRead;
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Accept, Get};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Star {
    pub starred_at: Timestamp,
}

/// The stars that came within one week and are still there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Week {
    /// When it begins, in seconds since 1970.
    pub week: i64,
    /// How many came on each of its days.
    #[serde(default)]
    pub days: Vec<u64>,
}

/// So many weeks are the most that one page of the history holds.
pub const WEEKS: u32 = 30;

/// Lists the weeks since the repository was made, newest first. It names
/// nobody, so everybody may read it.
pub fn history<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Week> {
    let get = Get::new(below(repo, &["stargazers", "history"])).with("per_page", WEEKS);
    all(forge, get)
}

/// Lists stars, oldest first. Only for those who may write to the repository.
pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Star> {
    let get = Get::new(below(repo, &["stargazers"]))
        .in_full_pages()
        .accepting(Accept::StarJson);
    all(forge, get)
}
