//! The rows of days: today's, those of the window, and their sums.

use super::book::Book;
use super::counts;
use super::row::{organic_of, window};
use crate::collect::answers::Answers;
use crate::collect::badges::Lately;
use crate::collect::day::Day;

pub(super) fn update(book: &mut Book, answers: &Answers) {
    let (today, captured) = (book.today, book.now.to_string());
    let traffic = answers.clones.is_ok() || answers.views.is_ok();
    if traffic {
        book.row(today);
    }
    for (_, row) in book.rows.range_mut(window(today)) {
        counts::fill(row, answers);
    }
    let snapshot: Vec<_> = ["stars", "forks", "openIssues"]
        .into_iter()
        .filter(|_| answers.repo.is_ok())
        .filter_map(|name| Some((name, book.state.get(name)?.clone())))
        .collect();
    if let Some(row) = book.rows.get_mut(&today) {
        row.set("capturedAt", captured);
        for (name, value) in snapshot {
            row.set(name, value);
        }
    }
    if let Some(created) = book.state.text("repoCreatedAt").and_then(Day::of) {
        book.rows = book.rows.split_off(&created);
    }
    for row in book.rows.values_mut() {
        row.set("total", row.or_zero("clones") + row.or_zero("downloads"));
    }
}

/// What came within a day, a week and a month of the calendar.
pub(super) fn lately(book: &Book) -> Lately {
    let today = book.today;
    let yesterday = book.rows.get(&today.plus(-1)).map_or(0, organic_of);
    let downloads = book
        .rows
        .get(&today)
        .map_or(0, |row| row.or_zero("downloads"));
    let since = |first: Day| {
        let rows = book.rows.range(first..=today);
        rows.map(|(_, row)| organic_of(row) + row.or_zero("downloads"))
            .sum()
    };
    Lately {
        day: yesterday + downloads,
        week: since(today.plus(-7)),
        month: since(today.plus(-30)),
    }
}
