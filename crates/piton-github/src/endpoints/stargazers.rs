//! Who starred the repository, and when.

use jiff::Timestamp;
use serde::Deserialize;

use crate::endpoints::{PAGE, below};
use crate::forge::ForgeRead;
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Accept, Get};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Star {
    pub starred_at: Timestamp,
}

/// Lists stars, oldest first.
pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Star> {
    let get = Get::new(&below(repo, &["stargazers"]))
        .with("per_page", PAGE)
        .accepting(Accept::StarJson);
    all(forge, get)
}
