//! The rows of days.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::answers::{Answers, DayCount};
use crate::collect::day::{Day, Moment};
use crate::ordered::{Json, Object};
use crate::state::{day_of, rows_of};

const SNAPSHOT: [&str; 3] = ["stars", "forks", "openIssues"];

pub(super) fn update(state: &mut Object, answers: &Answers, now: Moment, downloads: i64) {
    let before = match state.or_zero("previousTotalDownloads") {
        0 => downloads,
        before => before,
    };
    let mut capture = Capture {
        today: now.day(),
        at: now.to_string(),
        snapshot: SNAPSHOT
            .into_iter()
            .filter_map(|name| Some((name, state.get(name)?.clone())))
            .collect(),
        rows: rows_of(state).cloned().collect(),
    };
    capture.measured(answers);
    capture.todays((downloads - before).max(0));
    capture.sums();
    let created = state.text("repoCreatedAt").and_then(Day::of);
    let rows = tidied(capture.rows, created, 31);
    state.set("dailyHistory", rows);
    state.set("previousTotalDownloads", downloads);
}

/// What one run captures, going into the rows.
struct Capture {
    today: Day,
    at: String,
    /// What is known of the repository right now.
    snapshot: Vec<(&'static str, Json)>,
    rows: Vec<Object>,
}

impl Capture {
    /// Takes the counts of each day that was answered.
    fn measured(&mut self, answers: &Answers) {
        let (clones, views) = (by_day(&answers.clones), by_day(&answers.views));
        let days: BTreeSet<Day> = clones.keys().chain(views.keys()).copied().collect();
        for day in days {
            let known = self.rows.iter().rposition(|row| day_of(row) == Some(day));
            let at = known.unwrap_or_else(|| {
                self.rows.push(Object::new());
                self.rows.len() - 1
            });
            let row = &mut self.rows[at];
            row.set("date", day.midnight());
            row.set("capturedAt", self.at.as_str());
            for (seen, count, uniques) in [
                (clones.get(&day), "clones", "uniqueClones"),
                (views.get(&day), "views", "uniqueViews"),
            ] {
                if let Some(seen) = seen {
                    row.set(count, row.or_zero(count).max(seen.count));
                    row.set(uniques, row.or_zero(uniques).max(seen.uniques));
                }
            }
            if day == self.today {
                self.snapshot_into(at);
            }
        }
    }

    /// Brings the row of today up to date, and makes one where there is none.
    fn todays(&mut self, downloads: i64) {
        let today = self.today;
        let known = self.rows.iter().rposition(|row| day_of(row) == Some(today));
        let at = known.unwrap_or_else(|| {
            let mut row = Object::new();
            row.set("date", today.midnight());
            row.set("capturedAt", self.at.as_str());
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
            self.rows.push(row);
            self.rows.len() - 1
        });
        self.rows[at].set("capturedAt", self.at.as_str());
        self.snapshot_into(at);
        self.rows[at].set("downloads", downloads);
    }

    /// Fills the last two weeks with zeros, and adds up every row.
    fn sums(&mut self) {
        let window = self.today.plus(-13)..=self.today;
        for row in &mut self.rows {
            if day_of(row).is_some_and(|day| window.contains(&day)) {
                for name in ["uniqueClones", "uniqueViews"] {
                    if row.get(name).is_none() {
                        row.set(name, 0);
                    }
                }
            }
            row.set("total", row.or_zero("clones") + row.or_zero("downloads"));
        }
    }

    fn snapshot_into(&mut self, at: usize) {
        for (name, value) in &self.snapshot {
            self.rows[at].set(name, value.clone());
        }
    }
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
