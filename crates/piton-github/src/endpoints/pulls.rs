//! Pull requests.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::below;
use super::issues::{Association, State, empty_for_null};
use super::labels::Label;
use super::people::Person;
use crate::error::{ForgeError, Result, taken};
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
    pub(crate) full_name: RepoName,
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, number: u64) -> Result<Pull> {
    forge.read(&Get::new(below(repo, &["pulls", &number.to_string()])))
}

/// Lists the pull requests from one branch of the repository itself, newest
/// first.
pub fn of_branch<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    branch: &str,
    state: Option<State>,
) -> Listing<'a, Pull> {
    let get = Get::new(below(repo, &["pulls"]))
        .with("state", state.map_or("all", State::as_str))
        .newest_first()
        // Without the owner GitHub ignores the filter.
        .with("head", format!("{}:{branch}", repo.owner()));
    all(forge, get)
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
pub fn create(forge: &dyn Forge, repo: &RepoName, new: &NewPull) -> Result<Pull> {
    let body = json!({
        "title": new.title, "body": new.body, "head": new.head,
        "base": new.base, "draft": new.draft,
    });
    let made = forge.change(&Change::post(below(repo, &["pulls"]), body));
    taken(made, "A pull request already exists")
}

/// Makes a draft ready for review, which only GraphQL can.
pub fn mark_ready(forge: &dyn Forge, node_id: &str) -> Result<()> {
    const TEXT: &str = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) \
         { pullRequest { isDraft } } }";
    let what = "mark the pull request ready";
    let data = forge.mutate(&GraphQuery::new(what, TEXT, json!({"id": node_id})))?;
    let draft = data.pointer("/markPullRequestReadyForReview/pullRequest/isDraft");
    if draft.and_then(Value::as_bool) == Some(false) {
        return Ok(());
    }
    let why = "it does not say whether the pull request is a draft now";
    Err(ForgeError::garbled(what, why, true))
}
