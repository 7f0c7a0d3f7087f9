//! The versions that a text had, of issues, pull requests and comments.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::error::{ForgeError, Result};
use crate::forge::ForgeRead;
use crate::graphql::GraphQuery;
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

/// Returns the versions that a comment had, newest first; none if it was never
/// edited.
pub fn of_comment(forge: &dyn ForgeRead, node: &str) -> Result<Vec<TextVersion>> {
    const TEXT: &str = "query($id: ID!, $most: Int!) { node(id: $id) { ... on IssueComment { \
        userContentEdits(first: $most) { nodes { editedAt editor { login } diff } } } } }";
    let of = json!({"id": node, "most": PAGE});
    let query = GraphQuery::new(format!("the versions of comment {node}"), TEXT, of);
    let data = forge.query(&query)?;
    match data.pointer("/node/userContentEdits/nodes") {
        None => Ok(Vec::new()),
        Some(nodes) => Vec::deserialize(nodes)
            .map_err(|error| ForgeError::garbled(query.what, error.to_string(), false)),
    }
}
