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

/// Writes the list for people: what is behind it at a glance, and how far it
/// has come.
pub fn table(rows: &[Row], headers: bool) -> String {
    let mut cells: Vec<Vec<Cow<'_, str>>> = Vec::new();
    if headers && !rows.is_empty() {
        cells.push(
            ["SLUG", "STATUS", "AT", "PHASES", "TOUCHED", "NOTE"]
                .map(Cow::Borrowed)
                .to_vec(),
        );
    }
    for row in rows {
        let status = match (row.status, row.awaiting_human_review) {
            (Some(Status::Planning | Status::Ready | Status::InProgress), true) => {
                Cow::Owned(format!("{}, needs review", status(row)))
            }
            _ => Cow::Borrowed(status(row)),
        };
        let touched = row.last_touch.as_deref().unwrap_or("-");
        let note = row
            .reason
            .clone()
            .or_else(|| row.rejected_because.clone())
            .or_else(|| row.wake_up_on.as_ref().map(|at| format!("wakes up {at}")))
            .or_else(|| {
                row.cooldown_until
                    .as_ref()
                    .map(|at| format!("cools down until {at}"))
            })
            .unwrap_or_default();
        cells.push(vec![
            Cow::Borrowed(row.slug.as_str()),
            status,
            Cow::Borrowed(if row.cursor == NONE { "-" } else { &row.cursor }),
            if row.phases == 0 {
                Cow::Borrowed("-")
            } else {
                Cow::Owned(format!("{}/{}", row.phases_done, row.phases))
            },
            // Date and minutes are enough for people.
            Cow::Borrowed(touched.get(..16).unwrap_or(touched)),
            Cow::Owned(note),
        ]);
    }
    render::columns(&cells)
}

fn status(row: &Row) -> &'static str {
    row.status.map_or("invalid-manifest", Status::as_str)
}

fn or_none(text: Option<&str>) -> Cow<'_, str> {
    Cow::Borrowed(text.unwrap_or(NONE))
}
