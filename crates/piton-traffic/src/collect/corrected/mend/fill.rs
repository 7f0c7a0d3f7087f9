//! Filling in what was measured elsewhere: a measured number is never lowered.

use std::collections::{BTreeMap, BTreeSet};

use super::super::book::Book;
use super::super::book::OURS;
use super::super::row::organic_of;
use super::super::{archive, ledger};
use super::days::{FIELDS, Measured, measured_of, take_greater};
use super::{Mending, StepKind};
use crate::collect::day::Day;
use crate::ordered::{Json, Object};
use crate::state::day_of;

/// Which days are filled in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Range {
    pub fn has(self, day: Day) -> bool {
        self.from.is_none_or(|from| day >= from) && self.to.is_none_or(|to| day <= to)
    }
}

/// Which last-seen map and which total belong to a measured field.
const KEPT: [(&str, &str, &str); 4] = [
    ("clones", "lastSeenCloneCounts", "totalClones"),
    ("uniqueClones", "_lastSeenUniqueClones", "totalUniqueClones"),
    ("views", "lastSeenViewCounts", "totalViews"),
    ("uniqueViews", "_lastSeenUniqueViews", "totalUniqueViews"),
];

/// Puts measured numbers into the rows, the older ones into the archive, and
/// raises the totals to what is then known.
pub fn fill(mending: &mut Mending, measured: &Measured, range: Range) {
    let before = mending.days();
    let today = mending.now.day();
    let created = mending.state.text("repoCreatedAt").and_then(Day::of);
    let mut book = mending.book();
    let mut more: BTreeMap<&str, i64> = BTreeMap::new();
    let mut touched = BTreeSet::new();
    let mut steps = Vec::new();
    for (day, numbers) in measured {
        let lies_ahead = *day > today || created.is_some_and(|created| *day < created);
        if !range.has(*day) || lies_ahead {
            continue;
        }
        let known = before.get(day);
        let mut row = known.cloned().unwrap_or_default();
        let mut changes = Vec::new();
        for field in FIELDS {
            let Some(number) = numbers.int(field) else {
                continue;
            };
            let old = row.int(field);
            if old.is_some_and(|old| old >= number) {
                continue;
            }
            row.set(field, number);
            changes.push(match old {
                Some(old) => format!("{field} {old} becomes {number}"),
                None => format!("{field} {number}"),
            });
            note_seen(&mut book, *day, field, old, number, known, &mut more);
        }
        if changes.is_empty() {
            continue;
        }
        row.set("date", day.midnight());
        settle(&mut row);
        let kind = if known.is_some() {
            StepKind::UpdateRow
        } else {
            StepKind::CreateRow
        };
        steps.push((kind, day.to_string(), changes.join(", ")));
        touched.insert(*day);
        book.rows.insert(*day, row);
    }
    if touched.is_empty() {
        return;
    }
    for (kind, day, line) in steps {
        mending.note(kind, day, line);
    }
    for map in KEPT.map(|(_, map, _)| map) {
        book.state.object_mut(map).keep_newest(30);
    }
    archived(mending, &book, &touched);
    if book.ours.object(ledger::ORGANIC).is_some() {
        ledger::organic(&mut book);
    }
    mending.take_back(book);
    raise_totals(mending, &more);
}

/// Raises the totals to what was added, or to what the days come to.
fn raise_totals(mending: &mut Mending, more: &BTreeMap<&str, i64>) {
    let after = mending.days();
    for (field, _, total) in KEPT {
        let added = mending.state.or_zero(total) + more.get(total).copied().unwrap_or(0);
        let of_days: i64 = after.values().map(|row| row.or_zero(field)).sum();
        mending.raise(total, added.max(of_days));
    }
    let organic: i64 = after.values().map(organic_of).sum();
    mending.raise("totalOrganicClones", organic);
    let rest =
        mending.state.or_zero("totalUniqueClones") - mending.state.or_zero("totalCiUniqueClones");
    mending.raise("totalOrganicUniqueClones", rest);
}

/// What is added to a day must be known as seen, or the next run of a collector
/// adds it again.
fn note_seen(
    book: &mut Book,
    day: Day,
    field: &str,
    old: Option<i64>,
    number: i64,
    known: Option<&Object>,
    more: &mut BTreeMap<&'static str, i64>,
) {
    let Some((_, map, total)) = KEPT.iter().find(|(name, _, _)| *name == field) else {
        return;
    };
    let key = day.to_string();
    let seen = book.state.object(map).and_then(|map| map.int(&key));
    let window = day > book.today.plus(-14);
    if window || seen.is_some() {
        let map = book.state.object_mut(map);
        map.set(&key, map.or_zero(&key).max(number));
    }
    // Only what is above everything that was counted of the day is new. Of a
    // day without any trace nobody knows whether it was counted and then lost.
    let counted = old.unwrap_or(0).max(seen.unwrap_or(0));
    if known.is_some() || seen.is_some() || window {
        *more.entry(total).or_default() += (number - counted).max(0);
    }
}

/// What follows from the measured numbers of a row.
fn settle(row: &mut Object) {
    row.set("total", row.or_zero("clones") + row.or_zero("downloads"));
    if let (Some(clones), Some(ci)) = (row.int("clones"), row.int("ciCheckouts")) {
        row.set("organicClones", (clones - ci).max(0));
    }
}

/// Rows of finished months go into their files too.
fn archived(mending: &mut Mending, book: &Book, touched: &BTreeSet<Day>) {
    let this_month = mending.now.day().month();
    let mut months: BTreeSet<String> = touched.iter().map(|day| day.month()).collect();
    months.retain(|month| *month < this_month);
    if months.is_empty() {
        return;
    }
    if mending.archive.is_none() {
        let oldest = mending.now.day().plus(-61);
        if touched.iter().any(|day| *day < oldest) {
            mending
                .warnings
                .push("rows older than two months have no archive to go to".to_owned());
        }
        return;
    }
    write_months(mending, book, months);
}

/// Makes the files of months out of the rows that are known.
fn write_months(mending: &mut Mending, book: &Book, months: BTreeSet<String>) {
    let Some(files) = &mut mending.archive else {
        return;
    };
    let repository = &mending.repository;
    let mut changed = Vec::new();
    for month in months {
        let name = format!("archive-{month}.json");
        if let Some(file) = archive::month_file(book, repository, &month, files.get(&name)) {
            changed.push((name, file));
        }
    }
    if changed.is_empty() {
        return;
    }
    let index = archive::index(book, repository, files.get("archive.json"), &changed);
    changed.push(("archive.json".to_owned(), index));
    for (name, file) in changed {
        files.insert(name.clone(), file.clone());
        mending.changed.insert(name, file);
    }
}

/// Writes the months that have rows and no file, or lack days in it.
pub fn month_files(mending: &mut Mending) {
    let book = mending.book();
    let this_month = mending.now.day().month();
    let mut months: BTreeSet<String> = book.rows.keys().map(|day| day.month()).collect();
    months.retain(|month| *month < this_month);
    write_months(mending, &book, months);
    let names: Vec<String> = mending
        .changed
        .keys()
        .filter_map(|name| name.strip_prefix("archive-")?.strip_suffix(".json"))
        .map(str::to_owned)
        .collect();
    for month in names {
        let line = "its file, out of the rows that are known";
        mending.note(StepKind::UpdateSeries, month, line);
    }
}

/// Rebuilds what earlier revisions of the state knew, newest first. A state
/// that is damaged or gone is begun at the newest one that can be read.
pub fn from_history(mending: &mut Mending, past: &[Object], range: Range) {
    let lost = mending.state.is_empty();
    if lost && let Some(newest) = past.first() {
        mending.state = newest.clone();
        let line = "it is that of the newest revision that can be read";
        mending.note(StepKind::Repair, "state", line);
    }
    let mut measured = Measured::new();
    let mut estimates: BTreeMap<Day, Object> = BTreeMap::new();
    for state in past {
        let ours = state.object(OURS);
        let recent = ours.map(|ours| ours.list("recentRows")).unwrap_or_default();
        for list in [state.list("dailyHistory"), recent] {
            for (day, numbers) in measured_of(list) {
                take_greater(measured.entry(day).or_default(), &numbers);
            }
            for row in list.iter().filter_map(Json::object) {
                if let Some(day) = day_of(row) {
                    // The newest revision that says anything says it best.
                    estimates.entry(day).or_insert_with(|| row.clone());
                }
            }
        }
    }
    fill(mending, &measured, range);
    estimated(mending, &estimates, range);
    for total in [
        "totalClones",
        "totalUniqueClones",
        "totalViews",
        "totalUniqueViews",
        "totalDownloads",
        "totalCiCheckouts",
        "totalOrganicClones",
    ] {
        let greatest = past.iter().map(|state| state.or_zero(total)).max();
        mending.raise(total, greatest.unwrap_or(0));
    }
    let downloads = mending.state.or_zero("totalDownloads");
    if mending.state.or_zero("previousTotalDownloads") < downloads {
        mending.state.set("previousTotalDownloads", downloads);
    }
    let since = past
        .iter()
        .filter_map(|state| state.text("trackingSince").map(str::to_owned))
        .min();
    if let Some(since) = since
        && mending
            .state
            .text("trackingSince")
            .is_none_or(|known| *known > *since)
    {
        mending.state.set("trackingSince", since.as_str());
        let line = format!("tracking began at {since}");
        mending.note(StepKind::Repair, "tracking-since", line);
    }
}

/// Estimates come back where a day has none.
fn estimated(mending: &mut Mending, estimates: &BTreeMap<Day, Object>, range: Range) {
    let mut book = mending.book();
    let mut count = 0;
    for (day, row) in &mut book.rows {
        let Some(then) = estimates.get(day).filter(|_| range.has(*day)) else {
            continue;
        };
        let mut changed = false;
        for field in ["ciCheckouts", "ciRuns", "stars", "forks", "openIssues"] {
            if let (None, Some(value)) = (row.get(field), then.get(field)) {
                row.set(field, value.clone());
                changed = true;
            }
        }
        if let (true, Some(clones), Some(ci)) = (changed, row.int("clones"), row.int("ciCheckouts"))
        {
            row.set("organicClones", (clones - ci).max(0));
        }
        count += i32::from(changed);
    }
    if count == 0 {
        return;
    }
    mending.take_back(book);
    let line = format!("{count} rows: what was computed from them");
    mending.note(StepKind::Repair, "estimates", line);
}
