//! The repairs of a state, by their names. Each is done where it is needed.

use std::collections::BTreeSet;

use super::super::book::OURS;
use super::super::ledger;
use super::super::row::organic_of;
use super::{Mending, StepKind};
use crate::collect::compat_lists::share;
use crate::collect::day::{Day, Moment};
use crate::ordered::Object;
use crate::state::{TOTALS, day_of, rows_mut};

piton_base::words! {
    /// A repair of a state, in the order in which they are done.
    pub enum Repair: "a repair" {
        Rows = "rows",
        ExpiredUniques = "expired-uniques",
        OrganicWithoutUnique = "organic-without-unique",
        CopiedStars = "copied-stars",
        CiRuns = "ci-runs",
        Organic = "organic",
        OrganicUnique = "organic-unique",
        Baseline = "baseline",
        Totals = "totals",
    }
}

/// What else may be done.
#[derive(Clone, Copy, Debug, Default)]
pub struct RepairOptions {
    /// The organic total may be lowered to the sum of its days.
    pub recompute_organic: bool,
}

/// Does a repair, if it is needed.
pub fn repair(mending: &mut Mending, repair: Repair, options: RepairOptions) {
    let line = match repair {
        Repair::Rows => rows(mending),
        Repair::ExpiredUniques => each(
            mending,
            expired_uniques,
            "uniques of 0 that nobody measured",
        ),
        Repair::OrganicWithoutUnique => {
            let what = "organic visitors of days whose visitors nobody measured";
            each(mending, organic_without_unique, what)
        }
        Repair::CopiedStars => copied_stars(mending),
        Repair::CiRuns => ci_runs(mending),
        Repair::Organic => each(
            mending,
            organic,
            "organic clones that are not clones less CI",
        ),
        Repair::OrganicUnique => each(
            mending,
            organic_unique,
            "organic visitors that were not computed",
        ),
        Repair::Totals => {
            totals(mending, options);
            None
        }
        // Baselines are kept as they are: the totals hold them already.
        Repair::Baseline => None,
    };
    if let Some(line) = line {
        mending.note(StepKind::Repair, repair.as_str(), line);
    }
}

/// Does something to each row; tells how many rows it changed.
fn each(mending: &mut Mending, change: fn(&mut Object) -> bool, what: &str) -> Option<String> {
    let mut changed = 0;
    let mut on = |row: &mut Object| changed += i32::from(change(row));
    rows_mut(&mut mending.state).for_each(&mut on);
    if mending.state.object(OURS).is_some() {
        let ours = mending.state.object_mut(OURS);
        ours.objects_mut("recentRows").for_each(&mut on);
    }
    (changed > 0).then(|| format!("{changed} rows: {what}"))
}

/// Rows in order, each day once, at midnight, at most 31 of them in the list.
fn rows(mending: &mut Mending) -> Option<String> {
    let list = mending.state.list("dailyHistory");
    let days: Vec<Option<&str>> = list
        .iter()
        .map(|row| row.object().and_then(|row| row.text("date")))
        .collect();
    let tidy: BTreeSet<Day> = days.iter().filter_map(|day| Day::of((*day)?)).collect();
    let straight: Vec<String> = tidy.iter().map(|day| day.midnight()).collect();
    let fine = list.len() <= 31
        && days.len() == straight.len()
        && days
            .iter()
            .zip(&straight)
            .all(|(found, wanted)| *found == Some(wanted.as_str()));
    if fine {
        return None;
    }
    let mut book = mending.book();
    let all: Vec<Day> = book.rows.keys().copied().collect();
    for day in all {
        book.row(day);
    }
    mending.take_back(book);
    Some("rows in order, each day once".to_owned())
}

/// Captured when GitHub had the numbers no more, or nobody knows when.
fn too_late(row: &Object) -> bool {
    let Some(day) = day_of(row) else {
        return false;
    };
    match row.text("capturedAt").and_then(Moment::of) {
        None => true,
        Some(captured) => captured.day().since(day) > 13,
    }
}

fn expired_uniques(row: &mut Object) -> bool {
    if !too_late(row) {
        return false;
    }
    let mut changed = false;
    if row.or_zero("clones") > 0 && row.int("uniqueClones") == Some(0) {
        row.remove("uniqueClones");
        row.remove("organicUniqueClones");
        changed = true;
    }
    if row.or_zero("views") > 0 && row.int("uniqueViews") == Some(0) {
        row.remove("uniqueViews");
        changed = true;
    }
    changed
}

fn organic_without_unique(row: &mut Object) -> bool {
    row.get("uniqueClones").is_none() && row.remove("organicUniqueClones").is_some()
}

fn organic(row: &mut Object) -> bool {
    let sum = row.or_zero("clones") + row.or_zero("downloads");
    let mut changed = false;
    if row.get("total").is_some() && row.int("total") != Some(sum) {
        row.set("total", sum);
        changed = true;
    }
    if let (Some(clones), Some(ci), Some(organic)) = (
        row.int("clones"),
        row.int("ciCheckouts"),
        row.int("organicClones"),
    ) && organic != (clones - ci).max(0)
    {
        row.set("organicClones", (clones - ci).max(0));
        changed = true;
    }
    changed
}

fn organic_unique(row: &mut Object) -> bool {
    let (Some(uniques), Some(clones), Some(ci)) = (
        row.int("uniqueClones"),
        row.int("clones"),
        row.int("ciCheckouts"),
    ) else {
        return false;
    };
    if row
        .int("organicUniqueClones")
        .is_some_and(|organic| organic <= uniques)
    {
        return false;
    }
    let of_ci = share(uniques, ci, clones).min(i64::from(ci > 0));
    row.set("organicUniqueClones", (uniques - of_ci).max(0));
    true
}

/// Stars of today that were put onto older rows, where the history tells.
fn copied_stars(mending: &mut Mending) -> Option<String> {
    let history = mending
        .state
        .object(OURS)
        .and_then(|ours| ours.object("starHistory"))
        .cloned()?;
    let (stars, forks, issues) = (
        mending.state.int("stars"),
        mending.state.int("forks"),
        mending.state.int("openIssues"),
    );
    let today = mending.now.day();
    let mut changed = 0;
    for row in rows_mut(&mut mending.state) {
        let day = day_of(row);
        let captured = row.text("capturedAt").and_then(Moment::of);
        if let (Some(day), Some(captured)) = (day, captured)
            && captured.day() > day
            && day < today.plus(-1)
            && row.int("stars").is_some()
            && row.int("stars") == stars
        {
            let then = at(&history, day);
            if row.int("stars") > Some(then) {
                row.set("stars", then);
                for (field, now) in [("forks", forks), ("openIssues", issues)] {
                    if row.int(field) == now {
                        row.remove(field);
                    }
                }
                changed += 1;
            }
        }
    }
    (changed > 0).then(|| format!("{changed} rows: stars of a later day"))
}

/// How many stars the history has at the end of a day.
pub(super) fn at(history: &Object, day: Day) -> i64 {
    let day = day.to_string();
    history
        .iter()
        .filter(|(at, _)| *at <= day.as_str())
        .filter_map(|(_, count)| count.int())
        .max()
        .unwrap_or(0)
}

/// How many runs checked out, where an old collector did not say.
fn ci_runs(mending: &mut Mending) -> Option<String> {
    let mut counted = Vec::new();
    let map = mending.state.object("ciCheckouts")?;
    for (day, entry) in map.iter() {
        let Some(entry) = entry.object() else {
            continue;
        };
        let (None, Some(by_workflow)) = (entry.get("runs"), entry.object("byWorkflow")) else {
            continue;
        };
        let (mut runs, mut pages) = (0, 0);
        for (_, one) in by_workflow.iter() {
            let Some(one) = one.object() else { continue };
            let with = one.list("checkoutsPerRun").iter();
            runs += i64::try_from(with.filter(|count| count.int() > Some(0)).count()).unwrap_or(0);
            pages |= i64::from(one.or_zero("pagesBuilds") > 0);
        }
        counted.push((day.to_owned(), runs + pages));
    }
    if counted.is_empty() {
        return None;
    }
    for (day, runs) in &counted {
        let map = mending.state.object_mut("ciCheckouts");
        map.object_mut(day).set("runs", *runs);
    }
    for row in rows_mut(&mut mending.state) {
        let day = day_of(row).map(|day| day.to_string());
        if let Some((_, runs)) = counted.iter().find(|(at, _)| Some(at) == day.as_ref()) {
            row.set("ciRuns", *runs);
        }
    }
    Some(format!("{} days: runs that checked out", counted.len()))
}

/// With a ledger each day is credited by itself, and one whose clones of CI
/// nobody knows is not: then the totals are no bound.
fn has_ledger(state: &Object) -> bool {
    state
        .object(OURS)
        .is_some_and(|ours| ours.get(ledger::ORGANIC).is_some())
}

/// Raises each total to its lower bounds.
fn totals(mending: &mut Mending, options: RepairOptions) {
    let days = mending.days();
    let sum = |field: &str| -> i64 { days.values().map(|row| row.or_zero(field)).sum() };
    for (total, field) in TOTALS
        .into_iter()
        .chain([("totalCiCheckouts", "ciCheckouts")])
    {
        mending.raise(total, sum(field));
    }
    let of_days: i64 = days.values().map(organic_of).sum();
    let of_totals =
        mending.state.or_zero("totalClones") - mending.state.or_zero("totalCiCheckouts");
    let before = mending.state.or_zero("totalOrganicClones");
    if options.recompute_organic && of_days < before {
        mending.state.set("totalOrganicClones", of_days);
        let line = format!("the organic total {before} becomes {of_days}, the sum of its days");
        mending.note(StepKind::Repair, "organic-total", line);
    } else if !options.recompute_organic && !has_ledger(&mending.state) {
        mending.raise("totalOrganicClones", of_days.max(of_totals));
    }
    let rest =
        mending.state.or_zero("totalUniqueClones") - mending.state.or_zero("totalCiUniqueClones");
    mending.raise("totalOrganicUniqueClones", rest);
}
