//! What GitHub offers, an area a room: the requests, and what we read of their
//! answers. Only what GitHub's published descriptions have.

pub mod actions;
pub mod comments;
pub mod community;
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
pub mod stargazers;
pub mod thread;
pub mod traffic;
pub mod variables;
pub mod versions;

use crate::repo::RepoName;

/// The pieces of a path below a repository.
pub(crate) fn below<'a>(repo: &'a RepoName, pieces: &[&'a str]) -> Vec<&'a str> {
    let mut path = vec!["repos", repo.owner(), repo.name()];
    path.extend_from_slice(pieces);
    path
}
