//! Pull requests.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::endpoints::issues::{Association, State, empty_for_null};
use crate::endpoints::labels::Label;
use crate::endpoints::people::Person;
use crate::endpoints::{PAGE, below};
use crate::error::ForgeError;
use crate::forge::{Forge, ForgeRead};
use crate::graphql::GraphQuery;
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

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
        .with("sort", "created")
        .with("direction", "desc")
        .with("per_page", PAGE)
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
    let mut body = Map::new();
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), Value::from(value));
        }
    };
    put("title", edit.title.as_deref());
    put("body", edit.body.as_deref());
    put("state", edit.state.map(State::word));
    put("base", edit.base.as_deref());
    let path = below(repo, &["pulls", &number]);
    let change = Change::new(Method::Patch, Repeat::Never, &path);
    forge.send(&change.with_body(Value::Object(body)))?.json()
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
    all(forge, Get::new(&path).with("per_page", PAGE))
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

/// One version that a body had.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BodyEdit {
    pub edited_at: Timestamp,
    #[serde(default)]
    pub editor: Option<Editor>,
    /// The whole text after the edit.
    #[serde(default)]
    pub diff: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Editor {
    pub login: String,
}

/// Returns the newest versions of the body of an issue or a pull request,
/// newest first.
pub fn body_edits(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    number: u64,
    most: u8,
) -> Result<Vec<BodyEdit>, ForgeError> {
    const TEXT: &str = "query($owner: String!, $name: String!, $number: Int!, $most: Int!) { \
        repository(owner: $owner, name: $name) { issueOrPullRequest(number: $number) { \
        ... on Issue { userContentEdits(first: $most) { nodes { editedAt editor { login } diff } } } \
        ... on PullRequest { userContentEdits(first: $most) { nodes { editedAt editor { login } diff } } } \
        } } }";
    let what = format!("the versions of {repo}#{number}");
    let data = forge.query(&GraphQuery::new(
        what.as_str(),
        TEXT,
        json!({"owner": repo.owner(), "name": repo.name(), "number": number, "most": most}),
    ))?;
    let Some(nodes) = data.pointer("/repository/issueOrPullRequest/userContentEdits/nodes") else {
        return Ok(Vec::new());
    };
    serde_json::from_value(nodes.clone()).map_err(|error| ForgeError::Garbled {
        what,
        why: error.to_string(),
        unsure: false,
    })
}
