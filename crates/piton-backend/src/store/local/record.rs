//! What is known of a local plan besides its text.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::State;

/// The format that this program writes.
pub(super) const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) version: u32,
    pub(super) title: String,
    pub(super) state: State,
    pub(super) labels: Vec<String>,
    pub(super) author: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// Tells the creation apart.
    pub(super) key: String,
}

impl Record {
    pub(super) fn render(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}
