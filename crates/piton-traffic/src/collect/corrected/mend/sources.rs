//! Filling in from what GitHub still knows: the window, runs, releases.

use std::collections::BTreeMap;

use super::super::book::OURS;
use super::super::row::organic_of;
use super::super::{ci, ledger};
use super::days::{Measured, all_days};
use super::{Mending, StepKind};
use crate::collect::answers::{DayCount, ReleaseSeen, RunsSeen};
use crate::collect::day::Day;

/// Returns what the two windows of GitHub measured.
pub fn window(clones: &[DayCount], views: &[DayCount]) -> Measured {
    let mut measured = Measured::new();
    for (days, count, uniques) in [
        (clones, "clones", "uniqueClones"),
        (views, "views", "uniqueViews"),
    ] {
        for day in days {
            let row = measured.entry(day.day).or_default();
            row.set(count, day.count);
            row.set(uniques, day.uniques);
        }
    }
    measured
}

/// Counts the clones of CI again on days whose answer is complete.
pub fn recount_ci(mending: &mut Mending, runs: &BTreeMap<Day, RunsSeen>) {
    let before = all_days(&mending.state, None, mending.now);
    let organic_before: i64 = before.values().map(organic_of).sum();
    let mut book = mending.book();
    for (day, seen) in runs {
        if let Some(why) = &seen.failed {
            mending
                .warnings
                .push(format!("the runs of {day} could not be read: {why}"));
            continue;
        }
        if !book.rows.contains_key(day) {
            continue;
        }
        let key = day.to_string();
        let entry = ci::entry(&seen.runs);
        let map = book.state.object_mut("ciCheckouts");
        let old = map.object(&key).map(|entry| entry.or_zero("total"));
        let new = entry.or_zero("total");
        if old == Some(new) {
            continue;
        }
        map.set(&key, entry);
        book.add("totalCiCheckouts", new - old.unwrap_or(0));
        book.ours
            .object_mut(ci::COUNTED_AT)
            .set(&key, mending.now.to_string());
        let line = match old {
            Some(old) => format!("clones of CI {old} becomes {new}"),
            None => format!("clones of CI {new}"),
        };
        mending.note(StepKind::UpdateRow, key, line);
    }
    ci::apply(&mut book);
    let has_ledger = book.ours.object(ledger::ORGANIC).is_some();
    if has_ledger {
        ledger::organic(&mut book);
    } else {
        // Nobody keeps a ledger yet: the estimate moves with its days.
        let after: i64 = book.rows.values().map(organic_of).sum();
        book.add("totalOrganicClones", after - organic_before);
    }
    mending.take_back(book);
}

/// Keeps how often each release was downloaded, as a series by day.
pub fn release_series(mending: &mut Mending, releases: &[ReleaseSeen]) {
    let today = mending.now.day().to_string();
    let ours = mending.state.object_mut(OURS);
    let series = ours.object_mut("releaseDownloads");
    let mut changed = Vec::new();
    for release in releases {
        let sum: i64 = release.assets.iter().map(|asset| asset.downloads).sum();
        let of_release = series.object_mut(&release.tag);
        let last = of_release.iter().last().and_then(|(_, count)| count.int());
        if last != Some(sum) {
            of_release.set(&today, sum);
            changed.push((release.tag.clone(), sum));
        }
    }
    for (tag, sum) in changed {
        mending.note(
            StepKind::UpdateSeries,
            format!("release-{tag}"),
            format!("{sum} downloads"),
        );
    }
}
