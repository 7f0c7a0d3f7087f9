//! GraphQL, for what the plain interface cannot do.

use serde_json::Value;

/// A GraphQL text with its variables. Numbers of runs and of comments do not
/// fit GraphQL's `Int`: pass node ids, or strings.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphQuery {
    /// What is asked, for messages.
    pub(crate) what: String,
    pub(crate) text: &'static str,
    pub(crate) variables: Value,
}

impl GraphQuery {
    pub fn new(what: impl Into<String>, text: &'static str, variables: Value) -> Self {
        Self {
            what: what.into(),
            text,
            variables,
        }
    }
}
