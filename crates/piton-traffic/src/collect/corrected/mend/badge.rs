//! The badges that a state comes to.

use super::super::book::Book;
use super::super::row::newest_capture;
use super::super::rows::lately;
use crate::collect::badges::{self, Lately, Shown};
use crate::collect::day::{Day, Moment};
use crate::ordered::{Json, Object};
use crate::state::{day_of, rows_of};

/// Returns the four files as this state has them now.
pub(crate) fn badge_files(state: &Object, now: Moment) -> Vec<(String, Json)> {
    let book = Book::open(state.clone(), now);
    badges::files(Shown::of(state), lately(&book))
}

/// Returns the badges as the last run would have written them; none where none
/// has collected yet.
pub(crate) fn badges_as_captured(state: &Object) -> Option<Vec<(String, Json)>> {
    Some(badge_files(state, newest_capture(state)?))
}

/// Returns what came within a day, a week and a month.
pub(crate) fn lately_sums(state: &Object, now: Moment) -> [i64; 3] {
    let sums = lately(&Book::open(state.clone(), now));
    [sums.day, sums.week, sums.month]
}

/// Returns, for each badge, the messages that agree with the state: as piton
/// computes, and for what came lately also as the original did.
pub(crate) fn badge_messages(state: &Object) -> Vec<(&'static str, Vec<String>)> {
    let rows: Vec<&Object> = rows_of(state).collect();
    let captured = newest_capture(state);
    let shown = Shown::of(state);
    let mut suffixes = Vec::new();
    if let Some(captured) = captured {
        suffixes.push(lately(&Book::open(state.clone(), captured)).suffix());
        suffixes.push(original(&rows, captured).suffix());
    } else {
        suffixes.push(String::new());
    }
    let total = shown.downloads + shown.organic_clones;
    let installs = suffixes
        .into_iter()
        .map(|suffix| format!("{total}{suffix}"))
        .collect();
    vec![
        ("installs", installs),
        ("downloads", vec![shown.downloads.to_string()]),
        ("clones", vec![shown.organic_clones.to_string()]),
        ("views", vec![shown.views.to_string()]),
    ]
}

/// The original counts rows, and takes an organic count of 0 for none.
fn original(rows: &[&Object], captured: Moment) -> Lately {
    let organic = |row: &Object| match row.or_zero("organicClones") {
        0 => row.or_zero("clones"),
        organic => organic,
    };
    let of = |day: Day| rows.iter().rev().find(|row| day_of(row) == Some(day));
    let today = captured.day();
    let yesterday = of(today.plus(-1)).map_or(0, |row| row.or_zero("organicClones"));
    let downloads = of(today).map_or(0, |row| row.or_zero("downloads"));
    let last = |count: usize| {
        let rows = &rows[rows.len().saturating_sub(count)..];
        rows.iter()
            .map(|row| organic(row) + row.or_zero("downloads"))
            .sum()
    };
    Lately {
        day: yesterday + downloads,
        week: last(7),
        month: last(31),
    }
}
