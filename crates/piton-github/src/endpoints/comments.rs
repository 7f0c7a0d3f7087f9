//! Comments on issues and pull requests.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::below;
use super::issues::{Association, empty_for_null};
use super::people::Person;
use crate::error::{Result, found};
use crate::forge::{Forge, ForgeRead};
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Path, Repeat};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Comment {
    pub id: u64,
    pub node_id: String,
    pub html_url: String,
    #[serde(default)]
    pub issue_url: String,
    #[serde(default, deserialize_with = "empty_for_null")]
    pub body: String,
    #[serde(default)]
    pub user: Option<Person>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    #[serde(default)]
    pub author_association: Association,
}

impl Comment {
    /// Returns the number of the issue that it belongs to.
    pub fn issue(&self) -> Option<u64> {
        self.issue_url.rsplit_once('/')?.1.parse().ok()
    }
}

fn of_issue(repo: &RepoName, number: u64) -> Path {
    below(repo, &["issues", &number.to_string(), "comments"])
}

fn one(repo: &RepoName, id: u64) -> Path {
    below(repo, &["issues", "comments", &id.to_string()])
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, id: u64) -> Result<Comment> {
    forge.read(&Get::new(one(repo, id)))
}

/// Lists the comments of one issue, oldest first; with `since` only what was
/// written or changed from then on.
pub fn list<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    number: u64,
    since: Option<Timestamp>,
) -> Listing<'a, Comment> {
    let get = Get::new(of_issue(repo, number)).in_full_pages();
    all(forge, get.with_any("since", since))
}

pub fn create(forge: &dyn Forge, repo: &RepoName, number: u64, body: &str) -> Result<Comment> {
    forge.change(&Change::post(of_issue(repo, number), json!({"body": body})))
}

/// Replaces a comment that one writer alone edits, which is why repeating it
/// loses nothing.
pub fn edit_own(forge: &dyn Forge, repo: &RepoName, id: u64, body: &str) -> Result<Comment> {
    edit(forge, repo, id, body, Repeat::Freely)
}

/// Replaces a comment that others may edit too.
pub fn edit_shared(forge: &dyn Forge, repo: &RepoName, id: u64, body: &str) -> Result<Comment> {
    edit(forge, repo, id, body, Repeat::Never)
}

fn edit(
    forge: &dyn Forge,
    repo: &RepoName,
    id: u64,
    body: &str,
    repeat: Repeat,
) -> Result<Comment> {
    let change = Change::new(Method::Patch, repeat, one(repo, id));
    forge.change(&change.with_body(json!({"body": body})))
}

/// Removes a comment that its own writer no longer needs. One that is gone
/// already is as it should be.
pub fn remove(forge: &dyn Forge, repo: &RepoName, id: u64) -> Result<()> {
    let change = Change::new(Method::Delete, Repeat::Freely, one(repo, id));
    found(forge.send(&change)).map(drop)
}
