//! Organic numbers, totals, the suffix, the month's archive.

use super::state::organic_or_clones;
use crate::collect::answers::Answers;
use crate::collect::badges::Lately;
use crate::collect::day::Day;
use crate::collect::outcome::Given;
use crate::ordered::{Json, Object};
use crate::state::{TOTALS, day_of, rows_mut, rows_of};

pub(super) fn organic_uniques(state: &mut Object) {
    for row in rows_mut(state) {
        if let Some(uniques) = row.int("uniqueClones") {
            let (clones, ci) = (row.or_zero("clones"), row.or_zero("ciCheckouts"));
            let ci_uniques = share(uniques, ci, clones).min(row.or_zero("ciRuns"));
            row.set("organicUniqueClones", (uniques - ci_uniques).max(0));
        }
    }
}

/// The share of the visitors that the share of clones tells, halves up.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the original reckons in doubles, and counts are far below 53 bits"
)]
pub(in crate::collect) fn share(uniques: i64, ci: i64, clones: i64) -> i64 {
    if clones <= 0 {
        return 0;
    }
    let rate = ci as f64 / clones as f64;
    (uniques as f64 * rate + 0.5).floor() as i64
}

pub(super) fn organic(state: &mut Object, today: Day) {
    let row = rows_of(state).rfind(|row| day_of(row) == Some(today));
    let organic = row.map_or(0, |row| row.or_zero("organicClones"));
    let ci_uniques = row.map_or(0, |row| {
        row.or_zero("uniqueClones") - row.or_zero("organicUniqueClones")
    });
    if let Some(before) = state.int("_previousOrganicToday") {
        let total = state.or_zero("totalOrganicClones") + organic - before;
        state.set("totalOrganicClones", total);
    }
    state.set("_previousOrganicToday", organic);
    let total =
        state.or_zero("totalCiUniqueClones") + ci_uniques - state.or_zero("_previousCiUniqueToday");
    state.set("totalCiUniqueClones", total);
    state.set("_previousCiUniqueToday", ci_uniques);
    let rest = (state.or_zero("totalUniqueClones") - total).max(0);
    state.set("totalOrganicUniqueClones", rest);
}

pub(super) fn repair(state: &mut Object) {
    for (total, field) in TOTALS {
        let sum = rows_of(state).map(|row| row.or_zero(field)).sum();
        if state.or_zero(total) < sum {
            state.set(total, sum);
        }
    }
    let sum = rows_of(state).map(organic_or_clones).sum();
    if state.or_zero("totalOrganicClones") < sum {
        state.set("totalOrganicClones", sum);
    }
    let rest = state.or_zero("totalUniqueClones") - state.or_zero("totalCiUniqueClones");
    state.set("totalOrganicUniqueClones", rest.max(0));
}

pub(super) fn lately(state: &Object, answers: &Answers, today: Day) -> Lately {
    let yesterday = today.plus(-1);
    let counted = answers.clones.as_deref().unwrap_or_default();
    let counted = counted
        .iter()
        .find(|day| day.day == yesterday)
        .map_or(0, |day| day.count);
    let ci = state
        .object("ciCheckouts")
        .and_then(|map| map.object(&yesterday.to_string()))
        .map_or(0, |entry| entry.or_zero("total"));
    let today_row = rows_of(state).rfind(|row| day_of(row) == Some(today));
    let downloads = today_row.map_or(0, |row| row.or_zero("downloads"));
    let rows: Vec<&Object> = rows_of(state).collect();
    let last = |count: usize| -> i64 {
        let rows = &rows[rows.len().saturating_sub(count)..];
        rows.iter()
            .map(|row| organic_or_clones(row) + row.or_zero("downloads"))
            .sum()
    };
    Lately {
        day: (counted - ci).max(0) + downloads,
        week: last(7),
        month: last(31),
    }
}

pub(super) fn archive(state: &Object, given: &Given) -> (String, Json) {
    let period = given.now.day().last_of_month_before().month();
    let sum = |value: fn(&Object) -> i64| -> i64 { rows_of(state).map(value).sum() };
    let downloads = sum(|row| row.or_zero("downloads"));
    let organic = sum(organic_or_clones);
    let organic_uniques = sum(|row| match row.or_zero("organicUniqueClones") {
        0 => row.or_zero("uniqueClones"),
        organic => organic,
    });
    let of_month = [
        ("downloads", downloads),
        ("clones", sum(|row| row.or_zero("clones"))),
        ("uniqueClones", sum(|row| row.or_zero("uniqueClones"))),
        ("organicClones", organic),
        ("organicUniqueClones", organic_uniques),
        ("views", sum(|row| row.or_zero("views"))),
        ("uniqueViews", sum(|row| row.or_zero("uniqueViews"))),
        ("combined", downloads + organic),
    ];
    let mut file = Object::new();
    file.set("repo", given.repository.as_str());
    file.set("period", period.as_str());
    file.set("generatedAt", given.now.to_string());
    file.set("version", "0.1.0");
    file.set("cumulativeTotals", cumulative(state));
    file.set("monthSummary", Object::from_iter(of_month));
    file.set("dailyHistory", state.list("dailyHistory").to_vec());
    (format!("archive-{period}.json"), file.into())
}

pub(in crate::collect) fn cumulative(state: &Object) -> Object {
    let total = |name: &str| state.or_zero(name);
    Object::from_iter([
        ("downloads", total("totalDownloads")),
        ("clones", total("totalClones")),
        ("uniqueClones", total("totalUniqueClones")),
        ("organicClones", total("totalOrganicClones")),
        ("organicUniqueClones", total("totalOrganicUniqueClones")),
        ("ciCheckouts", total("totalCiCheckouts")),
        ("views", total("totalViews")),
        ("uniqueViews", total("totalUniqueViews")),
        (
            "combined",
            total("totalDownloads") + total("totalOrganicClones"),
        ),
    ])
}
