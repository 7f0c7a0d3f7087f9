//! Pull requests.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::endpoints::below;
use crate::endpoints::issues::{Association, State, empty_for_null};
use crate::endpoints::labels::Label;
use crate::endpoints::people::Person;
use crate::error::ForgeError;
use crate::forge::{Forge, ForgeRead};
use crate::graphql::GraphQuery;
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Change, Get};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Pull {
    pub number: u64,
    pub node_id: String,
    pub html_url: String,
    pub title: String,
    #[serde(default, deserialize_with = "empty_for_null")]
    pub body: String,
    pub state: State,
    #[serde(default)]
    pub draft: bool,
    #[serde(default)]
    pub merged_at: Option<Timestamp>,
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
    pub head: Side,
    pub base: Side,
}

/// One end of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Side {
    #[serde(rename = "ref")]
    pub branch: String,
    pub sha: String,
    #[serde(default)]
    pub repo: Option<SideRepo>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SideRepo {
    pub full_name: RepoName,
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, number: u64) -> Result<Pull, ForgeError> {
    let number = number.to_string();
    forge
        .get(&Get::new(&below(repo, &["pulls", &number])))?
        .json()
}

/// Lists pull requests, newest first.
pub fn list<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    state: Option<State>,
) -> Listing<'a, Pull> {
    all(forge, listing(repo, state))
}

/// Lists the pull requests from one branch of the repository itself, newest
/// first.
pub fn of_branch<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    branch: &str,
    state: Option<State>,
) -> Listing<'a, Pull> {
    // Without the owner GitHub ignores the filter.
    let head = format!("{}:{branch}", repo.owner());
    all(forge, listing(repo, state).with("head", head))
}

fn listing(repo: &RepoName, state: Option<State>) -> Get {
    Get::new(&below(repo, &["pulls"]))
        .with("state", state.map_or("all", State::word))
        .newest_first()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPull {
    pub title: String,
    pub body: String,
    pub head: String,
    pub base: String,
    pub draft: bool,
}

/// Creates a pull request; [`ForgeError::Conflict`] where the branch has one.
pub fn create(forge: &dyn Forge, repo: &RepoName, new: &NewPull) -> Result<Pull, ForgeError> {
    let body = json!({
        "title": new.title, "body": new.body, "head": new.head,
        "base": new.base, "draft": new.draft,
    });
    let sent = forge.send(&Change::post(&below(repo, &["pulls"]), body));
    match sent {
        Err(ForgeError::Refused { what, message, .. })
            if message.contains("A pull request already exists") =>
        {
            Err(ForgeError::Conflict { what, message })
        }
        other => other?.json(),
    }
}

/// What of a pull request is changed; nothing else is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub title: Option<String>,
    pub body: Option<String>,
    pub state: Option<State>,
    pub base: Option<String>,
}

impl Edit {
    pub fn body(body: impl Into<String>) -> Self {
        Self {
            body: Some(body.into()),
            ..Self::default()
        }
    }
}

pub fn edit(
    forge: &dyn Forge,
    repo: &RepoName,
    number: u64,
    edit: &Edit,
) -> Result<Pull, ForgeError> {
    let number = number.to_string();
    let fields = [
        ("title", edit.title.as_deref()),
        ("body", edit.body.as_deref()),
        ("state", edit.state.map(State::word)),
        ("base", edit.base.as_deref()),
    ];
    let path = below(repo, &["pulls", &number]);
    forge.send(&Change::patch(&path, &fields))?.json()
}

/// One file that a pull request changes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ChangedFile {
    pub filename: String,
    pub status: String,
}

pub fn files<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    number: u64,
) -> Listing<'a, ChangedFile> {
    let number = number.to_string();
    let path = below(repo, &["pulls", &number, "files"]);
    all(forge, Get::new(&path).in_full_pages())
}

/// Makes a draft ready for review, which only GraphQL can.
pub fn mark_ready(forge: &dyn Forge, node_id: &str) -> Result<(), ForgeError> {
    draft(
        forge,
        node_id,
        "mark the pull request ready",
        "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) \
         { pullRequest { isDraft } } }",
        "/markPullRequestReadyForReview/pullRequest/isDraft",
        false,
    )
}

/// Makes a pull request a draft again, which only GraphQL can.
pub fn convert_to_draft(forge: &dyn Forge, node_id: &str) -> Result<(), ForgeError> {
    draft(
        forge,
        node_id,
        "convert the pull request to a draft",
        "mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) \
         { pullRequest { isDraft } } }",
        "/convertPullRequestToDraft/pullRequest/isDraft",
        true,
    )
}

fn draft(
    forge: &dyn Forge,
    node_id: &str,
    what: &str,
    text: &'static str,
    pointer: &str,
    wanted: bool,
) -> Result<(), ForgeError> {
    let data = forge.mutate(&GraphQuery::new(what, text, json!({"id": node_id})))?;
    if data.pointer(pointer).and_then(Value::as_bool) == Some(wanted) {
        Ok(())
    } else {
        Err(ForgeError::Garbled {
            what: what.to_owned(),
            why: "it does not say whether the pull request is a draft now".to_owned(),
            unsure: true,
        })
    }
}
