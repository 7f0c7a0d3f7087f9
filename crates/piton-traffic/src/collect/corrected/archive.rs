//! The archive of finished months, each a file.

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::row::organic_of;
use super::sources::keep_greatest;
use crate::collect::compat_lists::cumulative;
use crate::collect::day::Day;
use crate::collect::outcome::Given;
use crate::ordered::{Json, Object};
use crate::state::{self, day_of};

/// What the estimates of a row are; the newest one counts, not the greatest.
const ESTIMATES: [&str; 6] = [
    "total",
    "ciCheckouts",
    "ciRuns",
    "organicClones",
    "organicUniqueClones",
    "capturedAt",
];

/// Returns the rows of all archived months, by day.
pub(super) fn days(archive: &BTreeMap<String, Json>) -> BTreeMap<Day, Object> {
    archive
        .iter()
        .filter(|(name, _)| month_of(name).is_some())
        .flat_map(|(_, file)| rows_of(file))
        .collect()
}

/// Returns the files that are to be written: the month before while it is new,
/// and every finished month that has rows and no file.
pub(super) fn files(book: &Book, given: &Given) -> Vec<(String, Json)> {
    let Some(archive) = &given.archive else {
        return Vec::new();
    };
    let this_month = book.today.month();
    let last_month = book.today.last_of_month_before().month();
    let mut months: BTreeSet<String> = book.rows.keys().map(|day| day.month()).collect();
    months.retain(|month| *month < this_month);
    let mut files = Vec::new();
    for month in months {
        let name = format!("archive-{month}.json");
        let there = archive.get(&name);
        let refreshed = month == last_month && book.today.of_month() <= 15;
        if !refreshed && there.is_some() {
            continue;
        }
        if let Some(file) = month_file(book, &given.repository, &month, there) {
            files.push((name, file));
        }
    }
    if !files.is_empty() {
        let index = index(book, &given.repository, archive.get("archive.json"), &files);
        files.push(("archive.json".to_owned(), index));
    }
    files
}

/// Returns a month's file, or `None` where it stands already as it would be.
pub(super) fn month_file(
    book: &Book,
    repository: &str,
    month: &str,
    there: Option<&Json>,
) -> Option<Json> {
    let mut rows: BTreeMap<Day, Object> =
        there.map(rows_of).unwrap_or_default().into_iter().collect();
    for (day, row) in book.rows.iter().filter(|(day, _)| day.month() == month) {
        match rows.get_mut(day) {
            Some(archived) => merge(archived, row),
            None => drop(rows.insert(*day, row.clone())),
        }
    }
    rows.retain(|day, _| day.month() == month);
    let mut file = there.and_then(Json::object).cloned().unwrap_or_default();
    let sources = book
        .ours
        .object("monthlySources")
        .and_then(|months| months.object(month));
    let list: Vec<Json> = rows.values().cloned().map(Json::from).collect();
    let before = file.clone();
    file.set("repo", repository);
    file.set("period", month);
    if before.get("generatedAt").is_none() {
        file.set("generatedAt", book.now.to_string());
        file.set("version", "0.1.0");
        file.set("cumulativeTotals", cumulative(&book.state));
    }
    file.set("monthSummary", summary(&rows));
    file.set("dailyHistory", list);
    for (name, key) in [("referrers", "source"), ("popularPaths", "path")] {
        let kept = sources.and_then(|sources| sources.object(name));
        let merged = merged_sources(before.list(name), kept, key);
        if !merged.is_empty() || before.get(name).is_some() {
            file.set(name, merged);
        }
    }
    if file == before {
        return None;
    }
    file.set("generatedAt", book.now.to_string());
    file.set("cumulativeTotals", cumulative(&book.state));
    Some(file.into())
}

fn rows_of(file: &Json) -> Vec<(Day, Object)> {
    let rows = file.object().into_iter().flat_map(state::rows_of);
    rows.filter_map(|row| Some((day_of(row)?, row.clone())))
        .collect()
}

/// Puts a row upon an archived one: of what was measured the greater number.
fn merge(archived: &mut Object, row: &Object) {
    for (field, value) in row.iter() {
        let greater = match (archived.int(field), value.int()) {
            (Some(before), Some(now)) => !ESTIMATES.contains(&field) && before > now,
            _ => false,
        };
        if !greater {
            archived.set(field, value.clone());
        }
    }
}

fn summary(rows: &BTreeMap<Day, Object>) -> Object {
    let sum = |value: &dyn Fn(&Object) -> i64| -> i64 { rows.values().map(value).sum() };
    let field = |name: &'static str| sum(&|row| row.or_zero(name));
    let organic = sum(&organic_of);
    let organic_uniques = sum(&|row| {
        row.int("organicUniqueClones")
            .unwrap_or_else(|| row.or_zero("uniqueClones"))
    });
    Object::from_iter([
        ("downloads", field("downloads")),
        ("clones", field("clones")),
        ("uniqueClones", field("uniqueClones")),
        ("organicClones", organic),
        ("organicUniqueClones", organic_uniques),
        ("views", field("views")),
        ("uniqueViews", field("uniqueViews")),
        ("combined", field("downloads") + organic),
    ])
}

/// The greatest numbers of each source that the file or this month's notes have.
fn merged_sources(there: &[Json], kept: Option<&Object>, key: &str) -> Vec<Json> {
    let mut by_name = Object::new();
    let mut put = |name: &str, one: &Object| {
        let place = by_name.object_mut(name);
        place.set(key, name);
        keep_greatest(place, one);
    };
    for one in there.iter().filter_map(Json::object) {
        if let Some(name) = one.text(key) {
            put(name, one);
        }
    }
    for (name, one) in kept.into_iter().flat_map(Object::iter) {
        if let Some(one) = one.object() {
            put(name, one);
        }
    }
    by_name.iter().map(|(_, one)| one.clone()).collect()
}

/// Lists the written months in the index of the archive.
pub(super) fn index(
    book: &Book,
    repository: &str,
    there: Option<&Json>,
    files: &[(String, Json)],
) -> Json {
    let mut index = match there.and_then(Json::object) {
        Some(index) => index.clone(),
        None => state::archive_index(repository),
    };
    let mut listed = index.list("archives").to_vec();
    for (name, file) in files {
        let Some(month) = month_of(name) else {
            continue;
        };
        let mut entry = Object::new();
        entry.set("period", month);
        entry.set("file", name.as_str());
        let days = rows_of(file).len();
        entry.set("days", i64::try_from(days).unwrap_or(i64::MAX));
        entry.set("generatedAt", book.now.to_string());
        let same = |one: &Json| one.object().and_then(|one| one.text("period")) == Some(month);
        match listed.iter_mut().find(|one| same(one)) {
            Some(place) => *place = entry.into(),
            None => listed.push(entry.into()),
        }
    }
    index.set("archives", listed);
    index.into()
}

/// The month in the name of a file of the archive.
fn month_of(name: &str) -> Option<&str> {
    let month = name.strip_prefix("archive-")?.strip_suffix(".json")?;
    let fits = month.len() == 7
        && month.bytes().enumerate().all(|(at, b)| {
            if at == 4 {
                b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
    fits.then_some(month)
}
