//! Issues. GitHub gives pull requests as issues too.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::below;
use super::labels::Label;
use super::people::Person;
use crate::error::Result;
use crate::forge::{Forge, ForgeRead};
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Issue {
    pub number: u64,
    pub node_id: String,
    pub html_url: String,
    pub title: String,
    /// GitHub gives null for an empty body.
    #[serde(default, deserialize_with = "empty_for_null")]
    pub body: String,
    pub state: State,
    #[serde(default)]
    pub labels: Vec<Label>,
    #[serde(default)]
    pub assignees: Option<Vec<Person>>,
    #[serde(default)]
    pub user: Option<Person>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    #[serde(default)]
    pub author_association: Association,
    #[serde(default)]
    pub locked: bool,
    /// Whether it is a draft; only pull requests are.
    #[serde(default)]
    pub draft: Option<bool>,
    /// There for pull requests.
    #[serde(default)]
    pub pull_request: Option<PullMark>,
}

/// What an issue tells about the pull request that it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PullMark {
    #[serde(default)]
    pub merged_at: Option<Timestamp>,
}

piton_base::words! {
    #[derive(Hash)]
    pub enum State: "the state of an issue" {
        Open = "open",
        Closed = "closed",
    }
}

/// How an author stands to the repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Association {
    Owner,
    Member,
    Collaborator,
    Contributor,
    FirstTimer,
    FirstTimeContributor,
    Mannequin,
    /// Nobody known, and any word that GitHub adds.
    #[default]
    #[serde(other)]
    None,
}

impl Association {
    /// Whether the author is one of the repository's own people.
    pub const fn trusted(self) -> bool {
        match self {
            Self::Owner | Self::Member | Self::Collaborator => true,
            Self::Contributor
            | Self::FirstTimer
            | Self::FirstTimeContributor
            | Self::Mannequin
            | Self::None => false,
        }
    }
}

pub(crate) fn empty_for_null<'de, D>(deserializer: D) -> Result<String, D::Error>
where
    D: serde::Deserializer<'de>,
{
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, number: u64) -> Result<Issue> {
    forge.read(&Get::new(below(repo, &["issues", &number.to_string()])))
}

/// Which issues a listing gives: all labels must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub labels: Vec<String>,
    /// Both where not given.
    pub state: Option<State>,
    pub creator: Option<String>,
    pub since: Option<Timestamp>,
}

/// Lists issues and pull requests, newest first.
pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName, filter: &Filter) -> Listing<'a, Issue> {
    let labels = (!filter.labels.is_empty()).then(|| filter.labels.join(","));
    let get = Get::new(below(repo, &["issues"]))
        .with("state", filter.state.map_or("all", State::as_str))
        .newest_first()
        .with_any("labels", labels)
        .with_any("creator", filter.creator.as_ref())
        .with_any("since", filter.since);
    all(forge, get)
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewIssue {
    pub title: String,
    pub body: String,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
}

pub fn create(forge: &dyn Forge, repo: &RepoName, new: &NewIssue) -> Result<Issue> {
    let mut body = json!({"title": new.title, "body": new.body});
    if !new.labels.is_empty() {
        body["labels"] = json!(new.labels);
    }
    if !new.assignees.is_empty() {
        body["assignees"] = json!(new.assignees);
    }
    forge.change(&Change::post(below(repo, &["issues"]), body))
}

/// What of an issue is changed; nothing else is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit<'a> {
    Body(&'a str),
    State(State),
}

/// Changes an issue or a pull request. It is never sent twice blindly: somebody
/// may have written between.
pub fn edit(forge: &dyn Forge, repo: &RepoName, number: u64, edit: Edit<'_>) -> Result<Issue> {
    let body = match edit {
        Edit::Body(body) => json!({"body": body}),
        Edit::State(state) => json!({"state": state}),
    };
    let path = below(repo, &["issues", &number.to_string()]);
    forge.change(&Change::new(Method::Patch, Repeat::Never, path).with_body(body))
}
