//! Comments on issues and pull requests.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::endpoints::below;
use crate::endpoints::issues::{Association, empty_for_null};
use crate::endpoints::people::Person;
use crate::error::ForgeError;
use crate::forge::{Forge, ForgeRead};
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

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
    /// The application that wrote it, if one did.
    #[serde(default)]
    pub performed_via_github_app: Option<App>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct App {
    pub slug: String,
}

impl Comment {
    /// Returns the number of the issue that it belongs to.
    pub fn issue(&self) -> Option<u64> {
        self.issue_url.rsplit_once('/')?.1.parse().ok()
    }
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, id: u64) -> Result<Comment, ForgeError> {
    let id = id.to_string();
    forge
        .get(&Get::new(&below(repo, &["issues", "comments", &id])))?
        .json()
}

/// Lists the comments of one issue, oldest first; with `since` only what was
/// written or changed from then on.
pub fn list<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    number: u64,
    since: Option<Timestamp>,
) -> Listing<'a, Comment> {
    let number = number.to_string();
    let path = below(repo, &["issues", &number, "comments"]);
    let get = Get::new(&path).in_full_pages();
    all(forge, get.with_any("since", since))
}

/// Lists the comments of the whole repository, newest first.
pub fn newest<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    since: Option<Timestamp>,
) -> Listing<'a, Comment> {
    let get = Get::new(&below(repo, &["issues", "comments"])).newest_first();
    all(forge, get.with_any("since", since))
}

pub fn create(
    forge: &dyn Forge,
    repo: &RepoName,
    number: u64,
    body: &str,
) -> Result<Comment, ForgeError> {
    let number = number.to_string();
    let path = below(repo, &["issues", &number, "comments"]);
    forge
        .send(&Change::post(&path, json!({"body": body})))?
        .json()
}

/// Replaces a comment that one writer alone edits, which is why repeating it
/// loses nothing.
pub fn edit_own(
    forge: &dyn Forge,
    repo: &RepoName,
    id: u64,
    body: &str,
) -> Result<Comment, ForgeError> {
    edit(forge, repo, id, body, Repeat::Freely)
}

/// Replaces a comment that others may edit too.
pub fn edit_shared(
    forge: &dyn Forge,
    repo: &RepoName,
    id: u64,
    body: &str,
) -> Result<Comment, ForgeError> {
    edit(forge, repo, id, body, Repeat::Never)
}

/// Removes a comment that its own writer no longer needs. One that is gone
/// already is as it should be.
pub fn remove(forge: &dyn Forge, repo: &RepoName, id: u64) -> Result<(), ForgeError> {
    let id = id.to_string();
    let path = below(repo, &["issues", "comments", &id]);
    match forge.send(&Change::new(Method::Delete, Repeat::Freely, &path)) {
        Ok(_) | Err(ForgeError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

fn edit(
    forge: &dyn Forge,
    repo: &RepoName,
    id: u64,
    body: &str,
    repeat: Repeat,
) -> Result<Comment, ForgeError> {
    let id = id.to_string();
    let path = below(repo, &["issues", "comments", &id]);
    let change = Change::new(Method::Patch, repeat, &path).with_body(json!({"body": body}));
    forge.send(&change)?.json()
}
