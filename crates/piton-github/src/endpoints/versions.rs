//! The versions that a text had, of issues, pull requests and comments.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::ForgeError;
use crate::forge::ForgeRead;
use crate::graphql::GraphQuery;
use crate::repo::RepoName;
use crate::request::PAGE;

/// One version that a text had.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextVersion {
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
/// newest first; none if it was never edited.
pub fn of_body(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    number: u64,
    most: u8,
) -> Result<Vec<TextVersion>, ForgeError> {
    const TEXT: &str = "query($owner: String!, $name: String!, $number: Int!, $most: Int!) { \
        repository(owner: $owner, name: $name) { issueOrPullRequest(number: $number) { \
        ... on Issue { userContentEdits(first: $most) { nodes { editedAt editor { login } diff } } } \
        ... on PullRequest { userContentEdits(first: $most) { nodes { editedAt editor { login } diff } } } \
        } } }";
    let of = json!({"owner": repo.owner(), "name": repo.name(), "number": number, "most": most});
    let query = GraphQuery::new(format!("the versions of {repo}#{number}"), TEXT, of);
    versions(forge, query, "/repository/issueOrPullRequest")
}

/// Returns the versions that a comment had, newest first; none if it was never
/// edited.
pub fn of_comment(forge: &dyn ForgeRead, node: &str) -> Result<Vec<TextVersion>, ForgeError> {
    const TEXT: &str = "query($id: ID!, $most: Int!) { node(id: $id) { ... on IssueComment { \
        userContentEdits(first: $most) { nodes { editedAt editor { login } diff } } } } }";
    let of = json!({"id": node, "most": PAGE});
    let query = GraphQuery::new(format!("the versions of comment {node}"), TEXT, of);
    versions(forge, query, "/node")
}

fn versions(
    forge: &dyn ForgeRead,
    query: GraphQuery,
    holder: &str,
) -> Result<Vec<TextVersion>, ForgeError> {
    let data = forge.query(&query)?;
    let nodes = data.pointer(&format!("{holder}/userContentEdits/nodes"));
    let nodes = nodes.cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    serde_json::from_value(nodes).map_err(|error| ForgeError::Garbled {
        what: query.what,
        why: error.to_string(),
        unsure: false,
    })
}
