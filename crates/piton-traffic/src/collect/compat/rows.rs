//! The rows of days.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::answers::{Answers, DayCount};
use crate::collect::day::{Day, Moment};
use crate::ordered::{Json, Object};
use crate::state::{day_of, rows_of};

const SNAPSHOT: [&str; 3] = ["stars", "forks", "openIssues"];

pub(super) fn update(state: &mut Object, answers: &Answers, now: Moment, downloads: i64) {
    let today = now.day();
    let captured = now.to_string();
    let before = match state.or_zero("previousTotalDownloads") {
        0 => downloads,
        before => before,
    };
    let more = (downloads - before).max(0);
    let snapshot: Vec<(&str, Json)> = SNAPSHOT
        .into_iter()
        .filter_map(|name| Some((name, state.get(name)?.clone())))
        .collect();
    let mut rows: Vec<Object> = rows_of(state).cloned().collect();

    let (clones, views) = (by_day(&answers.clones), by_day(&answers.views));
    let days: BTreeSet<Day> = clones.keys().chain(views.keys()).copied().collect();
    for day in days {
        let at = rows
            .iter()
            .rposition(|row| day_of(row) == Some(day))
            .unwrap_or_else(|| {
                rows.push(Object::new());
                rows.len() - 1
            });
        let row = &mut rows[at];
        row.set("date", day.midnight());
        row.set("capturedAt", captured.as_str());
        for (seen, count, uniques) in [
            (clones.get(&day), "clones", "uniqueClones"),
            (views.get(&day), "views", "uniqueViews"),
        ] {
            if let Some(seen) = seen {
                row.set(count, row.or_zero(count).max(seen.count));
                row.set(uniques, row.or_zero(uniques).max(seen.uniques));
            }
        }
        if day == today {
            for (name, value) in &snapshot {
                row.set(name, value.clone());
            }
        }
    }

    if let Some(row) = rows.iter_mut().rfind(|row| day_of(row) == Some(today)) {
        row.set("capturedAt", captured.as_str());
        for (name, value) in &snapshot {
            row.set(name, value.clone());
        }
    } else {
        let mut row = Object::new();
        row.set("date", today.midnight());
        row.set("capturedAt", captured.as_str());
        for name in [
            "clones",
            "downloads",
            "views",
            "total",
            "ciCheckouts",
            "organicClones",
        ] {
            row.set(name, 0);
        }
        for (name, value) in snapshot {
            row.set(name, value);
        }
        rows.push(row);
    }
    if let Some(row) = rows.iter_mut().rfind(|row| day_of(row) == Some(today)) {
        row.set("downloads", more);
    }
    let window = today.plus(-13)..=today;
    for row in &mut rows {
        if day_of(row).is_some_and(|day| window.contains(&day)) {
            for name in ["uniqueClones", "uniqueViews"] {
                if row.get(name).is_none() {
                    row.set(name, 0);
                }
            }
        }
        row.set("total", row.or_zero("clones") + row.or_zero("downloads"));
    }
    let created = state.text("repoCreatedAt").and_then(Day::of);
    let rows = tidied(rows, created, 31);
    state.set("dailyHistory", rows);
    state.set("previousTotalDownloads", downloads);
}

fn by_day(answer: &Result<Vec<DayCount>, String>) -> BTreeMap<Day, &DayCount> {
    let days = answer.as_deref().unwrap_or_default();
    days.iter().map(|day| (day.day, day)).collect()
}

/// One row a day, the later one of the list; ascending; none from before the
/// repository; the newest.
fn tidied(rows: Vec<Object>, created: Option<Day>, most: usize) -> Vec<Json> {
    let mut by_date: BTreeMap<String, Object> = BTreeMap::new();
    for row in rows {
        let date = row.text("date").unwrap_or("");
        let key = date.get(..10).unwrap_or(date).to_owned();
        by_date.insert(key, row);
    }
    let mut kept: Vec<Json> = by_date
        .into_values()
        .filter(|row| match (created, day_of(row)) {
            (Some(created), Some(day)) => day >= created,
            _ => true,
        })
        .map(Json::from)
        .collect();
    kept.drain(..kept.len().saturating_sub(most));
    kept
}
