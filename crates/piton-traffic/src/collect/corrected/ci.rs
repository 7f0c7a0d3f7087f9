//! Clones that the repository's own workflows made: a step that checks out is
//! one, and so is a build of Pages.

use std::collections::BTreeSet;

use super::book::Book;
use super::book::OURS;
use super::row::window;
use crate::collect::answers::{Answers, RunSeen};
use crate::collect::day::{Day, Moment};
use crate::ordered::Object;

pub(super) const COUNTED_AT: &str = "ciCountedAt";
/// How far back runs are asked for.
const RETENTION: i64 = 30;
/// The run that builds a site clones without a step that says so.
const PAGES: &str = "pages build and deployment";

/// Returns the days whose runs are to be asked for.
pub fn days_to_count(state: &Object, now: Moment) -> Vec<Day> {
    let counted = state.object(OURS).and_then(|ours| ours.object(COUNTED_AT));
    let created = state.text("repoCreatedAt").and_then(Day::of);
    due(counted, created, now)
}

/// Today, yesterday, and every day that was not looked at after it was over for
/// half a day: until then runs may still have been going on.
fn due(counted: Option<&Object>, created: Option<Day>, now: Moment) -> Vec<Day> {
    let today = now.day();
    (0..=RETENTION)
        .map(|back| today.plus(-back))
        .filter(|day| created.is_none_or(|created| *day >= created))
        .filter(|day| {
            let settled = day.plus(1).at(12);
            let at = counted.and_then(|counted| Moment::of(counted.text(&day.to_string())?));
            *day >= today.plus(-1) || at.is_none_or(|at| Some(at.0) < settled)
        })
        .collect()
}

pub(super) fn update(book: &mut Book, answers: &Answers) {
    let created = book.state.text("repoCreatedAt").and_then(Day::of);
    let due: BTreeSet<Day> = due(book.ours.object(COUNTED_AT), created, book.now)
        .into_iter()
        .collect();
    for (day, seen) in &answers.runs {
        if seen.failed.is_some() || !due.contains(day) {
            continue;
        }
        let key = day.to_string();
        let entry = entry(&seen.runs);
        let total = entry.or_zero("total");
        // A row remembers longer than the map what was counted of its day.
        let in_row = book
            .rows
            .get(day)
            .map_or(0, |row| row.or_zero("ciCheckouts"));
        let map = book.state.object_mut("ciCheckouts");
        let before = map
            .object(&key)
            .map_or(in_row, |entry| entry.or_zero("total"));
        map.set(&key, entry);
        book.add("totalCiCheckouts", total - before);
        book.ours
            .object_mut(COUNTED_AT)
            .set(&key, book.now.to_string());
    }
    book.state.object_mut("ciCheckouts").keep_newest(31);
    book.ours.object_mut(COUNTED_AT).keep_newest(31);
    apply(book);
}

/// Puts what was counted into the rows.
pub(super) fn apply(book: &mut Book) {
    let Book {
        state, rows, today, ..
    } = book;
    let map = state.object_mut("ciCheckouts");
    for (day, row) in rows {
        let Some(entry) = map.object(&day.to_string()) else {
            // What is known of CI counts for clones that came since, too.
            if let (Some(ci), Some(clones), true) = (
                row.int("ciCheckouts"),
                row.int("clones"),
                window(*today).contains(day),
            ) {
                row.set("organicClones", (clones - ci).max(0));
            }
            continue;
        };
        let total = entry.or_zero("total");
        row.set("ciCheckouts", total);
        row.set("ciRuns", entry.or_zero("runs"));
        if let Some(clones) = row.int("clones") {
            row.set("organicClones", (clones - total).max(0));
        }
    }
}

pub(super) fn entry(runs: &[RunSeen]) -> Object {
    let (mut total, mut with_checkouts, mut pages) = (0, 0, 0);
    let mut by_workflow = Object::new();
    for run in runs {
        let entry = by_workflow.object_mut(&run.name);
        entry.set("runs", entry.or_zero("runs") + 1);
        if run.name == PAGES {
            entry.set("checkoutsPerRun", Vec::new());
            entry.set("pagesBuilds", entry.or_zero("pagesBuilds") + 1);
            total += 1;
            pages = 1;
            continue;
        }
        let steps = run.jobs.iter().flat_map(|job| &job.steps);
        let ran = steps.filter(|step| step.ran());
        let checkouts: i64 = ran
            .map(|step| i64::from(step.is_checkout()).max(step.clones))
            .sum();
        let mut per_run = entry.list("checkoutsPerRun").to_vec();
        per_run.push(checkouts.into());
        entry.set("checkoutsPerRun", per_run);
        total += checkouts;
        with_checkouts += i64::from(checkouts > 0);
    }
    let mut entry = Object::new();
    entry.set("total", total);
    // All builds of Pages of a day count as one run here, as readers expect.
    entry.set("runs", with_checkouts + pages);
    entry.set("byWorkflow", by_workflow);
    entry
}
