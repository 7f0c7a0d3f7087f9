//! What happened to a plan, as its comments tell it.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::block::{find_blocks, read_yaml};
use crate::header::Stamp;
use crate::log::{LogPage, Set};
use crate::store::PlanComment;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanEvent {
    /// As its writer wrote it.
    pub timestamp: String,
    /// When that was, if the text says it; else when the comment was written.
    pub at: Timestamp,
    pub kind: &'static str,
    pub metadata: Json,
}

/// The blocks that tell of events, what they are called, and which field says
/// when.
const KINDS: &[(&str, &str, &str)] = &[
    ("erk-plan", "plan-created", "timestamp"),
    ("erk-pr", "plan-created", "timestamp"),
    ("submission-queued", "submission-queued", "queued_at"),
    ("workflow-started", "workflow-started", "started_at"),
    (
        "erk-implementation-status",
        "implementation-status",
        "timestamp",
    ),
    ("plan-retry", "plan-retry", "retry_timestamp"),
    ("erk-worktree-creation", "worktree-created", "timestamp"),
    ("impl-started", "impl-started", "timestamp"),
    ("impl-ended", "impl-ended", "timestamp"),
    ("learn-invoked", "learn-invoked", "timestamp"),
];

const START: &str = "🚀 Starting implementation";

/// Returns the events of a plan, oldest first. What strangers write tells of
/// nothing.
pub fn events(comments: &[PlanComment]) -> Vec<PlanEvent> {
    // A log that was written twice tells of its entries once.
    let mut told = HashSet::new();
    let mut found: Vec<PlanEvent> = comments
        .iter()
        .filter(|comment| comment.trusted)
        .flat_map(|comment| of_comment(comment, &mut told))
        .collect();
    found.sort_by_key(|event| event.at);
    found
}

fn of_comment(comment: &PlanComment, told: &mut HashSet<String>) -> Vec<PlanEvent> {
    if let Some(page) = LogPage::read(&comment.body) {
        return page
            .entries
            .iter()
            .filter(|entry| told.insert(entry.key.clone()))
            .map(|entry| changed(&page, entry))
            .collect();
    }
    let mut found: Vec<PlanEvent> = find_blocks(&comment.body)
        .iter()
        .filter_map(|block| {
            let (_, kind, field) = KINDS.iter().find(|(key, _, _)| *key == block.key)?;
            let body = read_yaml(&comment.body, block).ok()?;
            let metadata = body.document.value.to_json();
            let timestamp = metadata.get(*field).and_then(Json::as_str);
            Some(PlanEvent {
                at: timestamp.and_then(known).unwrap_or(comment.created_at),
                timestamp: timestamp.map_or_else(|| comment.created_at.to_string(), str::to_owned),
                kind,
                metadata,
            })
        })
        .collect();
    if comment.body.starts_with(START) {
        found.push(PlanEvent {
            timestamp: comment.created_at.to_string(),
            at: comment.created_at,
            kind: "impl-started",
            metadata: named_lines(&comment.body),
        });
    }
    found
}

fn known(text: &str) -> Option<Timestamp> {
    match Stamp::parse(text)? {
        Stamp::Known(time) => Some(time),
        Stamp::Floating(_) => None,
    }
}

fn changed(page: &LogPage, entry: &crate::log::Entry) -> PlanEvent {
    let fields: Map<String, Json> = entry
        .sets
        .iter()
        .map(|Set(name, _, new)| (name.clone(), new.clone()))
        .collect();
    let mut metadata = Map::new();
    metadata.insert("writer".to_owned(), page.writer.as_str().into());
    metadata.insert("fields".to_owned(), Json::Object(fields));
    PlanEvent {
        timestamp: entry.at.to_string(),
        at: entry.at,
        kind: "header-changed",
        metadata: Json::Object(metadata),
    }
}

/// Reads lines like **Worktree:** `name`.
fn named_lines(text: &str) -> Json {
    let entries = text.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("**")?.split_once(":** `")?;
        let value = rest.strip_suffix('`')?;
        Some((name.to_lowercase(), Json::from(value)))
    });
    Json::Object(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::{PlanComment, events};

    #[test]
    fn events_come_in_the_order_in_which_they_happened() {
        let comment = |body: &str, trusted| PlanComment {
            id: "1".to_owned(),
            body: body.to_owned(),
            author: None,
            created_at: "2026-02-15T12:00:00Z".parse().unwrap(),
            trusted,
        };
        let queued = "🔄 x\n\n<!-- erk:metadata-block:submission-queued -->\n<details>\n<summary>submission-queued</summary>\n\n```yaml\nqueued_at: '2026-02-15T11:00:00+00:00'\n```\n</details>\n<!-- /erk:metadata-block:submission-queued -->";
        let started = "⚙️\n<details><summary>📋 Metadata</summary>\n<!-- erk:metadata-block:workflow-started -->\n```yaml\nstarted_at: 2026-02-15T10:00:00Z\n```\n<!-- /erk:metadata-block:workflow-started -->\n</details>";
        let found = events(&[
            comment(
                "🚀 Starting implementation\n\n---\n\n**Worktree:** `w`\n",
                true,
            ),
            comment(queued, true),
            comment(started, true),
            comment(queued, false),
        ]);
        let kinds: Vec<_> = found.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            ["workflow-started", "submission-queued", "impl-started"]
        );
        assert_eq!(found[2].metadata["worktree"], "w");
    }
}
