//! The migrations, sorted by what they need.

use piton_migration::listing::Row;
use piton_migration::manifest::Status;

/// The migrations by what they need.
pub(super) struct Sorted<'r> {
    pub(super) waiting: Vec<&'r Row>,
    pub(super) ready: Vec<&'r Row>,
    pub(super) planning: Vec<&'r Row>,
    pub(super) broken: Vec<&'r Row>,
}

impl<'r> Sorted<'r> {
    pub(super) fn of(rows: &'r [Row]) -> Self {
        let mut sorted = Self {
            waiting: Vec::new(),
            ready: Vec::new(),
            planning: Vec::new(),
            broken: Vec::new(),
        };
        for row in rows {
            let blocked = row.cursor.ends_with("blocked") || has_ended(row) || is_hollow(row);
            match row.status {
                None => sorted.broken.push(row),
                Some(Status::Skipped | Status::Done) => {}
                Some(_) if row.awaiting_human_review => sorted.waiting.push(row),
                Some(_) if blocked => sorted.broken.push(row),
                Some(Status::Ready | Status::InProgress) => sorted.ready.push(row),
                Some(Status::Planning) => sorted.planning.push(row),
            }
        }
        sorted
    }
}

/// Whether a plan is still being made whose record says that it was made.
fn has_ended(row: &Row) -> bool {
    row.cursor.starts_with("planning:terminal-")
}

/// Whether it is to be carried out, and there is nothing in it.
fn is_hollow(row: &Row) -> bool {
    match row.status {
        Some(Status::Ready | Status::InProgress) => row.phases == 0,
        Some(Status::Planning | Status::Skipped | Status::Done) | None => false,
    }
}

/// Returns the reason of a list's row in words.
pub(super) fn what_is_wrong(row: &Row) -> &str {
    match row.reason.as_deref() {
        Some("planning-state-missing") => "its planning record is missing",
        Some("planning-state-invalid") => "its planning record cannot be used",
        Some("invalid-current-phase") => "its current phase is none of its phases",
        Some("missing-manifest") => "its manifest is missing",
        Some(reason) => reason,
        None if has_ended(row) => "its planning has ended, but its manifest still says planning",
        None if is_hollow(row) => "it is ready, and its manifest lists no phases",
        None => "it cannot be used",
    }
}
