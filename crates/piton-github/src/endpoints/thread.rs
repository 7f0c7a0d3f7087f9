//! An issue or a pull request after it was written to: its body, the versions
//! that body had, and its comments. One question, which only GraphQL can ask.

use serde::Deserialize;
use serde_json::{Value, json};

use super::issues::Association;
use super::versions::TextVersion;
use crate::error::{ForgeError, Result};
use crate::forge::ForgeRead;
use crate::graphql::GraphQuery;
use crate::repo::RepoName;

/// How many comments are asked for; GitHub gives no more at once.
const MOST: u64 = 100;
/// How many versions of the body are asked for. Each is a whole body, and what
/// is looked for is the one before the newest; so many writers may come between.
const VERSIONS: u64 = 20;

/// What stands there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    pub body: String,
    /// The latest versions of the body, newest first; none if it was never
    /// edited.
    pub edits: Vec<TextVersion>,
    pub comments: Vec<Said>,
    /// Whether these are all comments.
    pub complete: bool,
}

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub id: u64,
    pub body: String,
    pub login: String,
    pub is_bot: bool,
    pub association: Association,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    #[serde(default)]
    body: String,
    user_content_edits: Option<Nodes<TextVersion>>,
    comments: Nodes<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodes<T> {
    #[serde(default)]
    total_count: Option<u64>,
    nodes: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    /// More than 32 bits, so a text.
    full_database_id: Value,
    body: String,
    author_association: Association,
    author: Option<Author>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(rename = "__typename")]
    kind: String,
    login: String,
}

pub fn read(forge: &dyn ForgeRead, repo: &RepoName, number: u64) -> Result<Thread> {
    const TEXT: &str = "query($owner: String!, $name: String!, $number: Int!, $most: Int!, $versions: Int!) { \
        repository(owner: $owner, name: $name) { issueOrPullRequest(number: $number) { \
        ... on Issue { body userContentEdits(first: $versions) { nodes { editedAt editor { login } diff } } \
        comments(first: $most) { totalCount nodes { fullDatabaseId body authorAssociation author { __typename login } } } } \
        ... on PullRequest { body userContentEdits(first: $versions) { nodes { editedAt editor { login } diff } } \
        comments(first: $most) { totalCount nodes { fullDatabaseId body authorAssociation author { __typename login } } } } \
        } } }";
    let what = format!("the body and the comments of {repo}#{number}");
    let mut data = forge.query(&GraphQuery::new(
        what.as_str(),
        TEXT,
        json!({"owner": repo.owner(), "name": repo.name(), "number": number, "most": MOST, "versions": VERSIONS}),
    ))?;
    let garbled = |why: &str| ForgeError::garbled(&*what, why, false);
    let seen = data
        .pointer_mut("/repository/issueOrPullRequest")
        .filter(|seen| seen.is_object())
        .map(Value::take)
        .ok_or_else(|| garbled("it is not there"))?;
    let seen: Seen = serde_json::from_value(seen).map_err(|error| garbled(&error.to_string()))?;
    let complete = seen
        .comments
        .total_count
        .is_some_and(|all| all == seen.comments.nodes.len() as u64);
    let comments: Option<Vec<Said>> = seen.comments.nodes.into_iter().map(said).collect();
    Ok(Thread {
        body: seen.body,
        edits: seen
            .user_content_edits
            .map(|edits| edits.nodes)
            .unwrap_or_default(),
        comments: comments.ok_or_else(|| garbled("a comment has no number"))?,
        complete,
    })
}

fn said(node: Node) -> Option<Said> {
    let id = match &node.full_database_id {
        Value::String(text) => text.parse().ok()?,
        other => other.as_u64()?,
    };
    let (login, is_bot) = node
        .author
        .map(|author| (author.login, author.kind == "Bot"))
        .unwrap_or_default();
    // The other interface writes the names of bots with this at their end.
    let login = if is_bot && !login.ends_with("[bot]") {
        format!("{login}[bot]")
    } else {
        login
    };
    Some(Said {
        id,
        body: node.body,
        login,
        is_bot,
        association: node.author_association,
    })
}
