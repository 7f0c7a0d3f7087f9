//! The list as text.

use std::borrow::Cow;

use super::row::Row;
use crate::manifest::Status;
use crate::render;

const NONE: &str = "(none)";
const HEADERS: [&str; 7] = [
    "slug",
    "status",
    "cursor",
    "awaiting_review",
    "last_touch",
    "cooldown",
    "reason",
];

/// Writes the list for programs: the original's seven columns with tabs
/// between them. Text that would break a row is escaped.
pub fn tsv(rows: &[Row], headers: bool) -> String {
    let head = headers.then(|| HEADERS.map(Cow::Borrowed).to_vec());
    render::tsv(head.into_iter().chain(rows.iter().map(|row| {
        vec![
            Cow::Borrowed(row.slug.as_str()),
            Cow::Borrowed(status(row)),
            Cow::Borrowed(&row.cursor),
            Cow::Borrowed(if row.awaiting_human_review {
                "yes"
            } else {
                "no"
            }),
            or_none(row.last_touch.as_deref()),
            or_none(row.cooldown_until.as_deref()),
            or_none(row.reason.as_deref()),
        ]
    })))
}

fn status(row: &Row) -> &'static str {
    row.status.map_or("invalid-manifest", Status::as_str)
}

fn or_none(text: Option<&str>) -> Cow<'_, str> {
    Cow::Borrowed(text.unwrap_or(NONE))
}
