//! The organic ledger: how much of each day was credited to the totals, so that
//! a day may be corrected as long as its numbers change.

use super::archive;
use super::book::{Book, KEPT};
use super::row::{organic_of, sum};
use crate::collect::compat_lists::share;
use crate::collect::day::Day;
use crate::collect::outcome::Given;
use crate::ordered::Object;

pub(super) const ORGANIC: &str = "organicCredited";
const CI_UNIQUE: &str = "ciUniqueCredited";
/// Older days are final.
const OPEN_DAYS: i64 = 45;

/// Seeds the ledger where there is none, and repairs the totals: each bound is
/// a lower one, given what is known of CI.
pub(super) fn take_over(book: &mut Book, given: &Given) -> Result<(), String> {
    let (organic, ci_unique) = (
        book.ours.object(ORGANIC).is_none(),
        book.ours.object(CI_UNIQUE).is_none(),
    );
    if !organic && !ci_unique {
        return Ok(());
    }
    let archived = match (&given.archive_gist, &given.archive) {
        (Some(gist), None) if !book.rows.is_empty() => {
            return Err(format!(
                "gist {gist} with the archive cannot be read, which the first run needs"
            ));
        }
        (_, archive) => archive.as_ref().map(archive::days).unwrap_or_default(),
    };
    let earlier = || {
        archived
            .iter()
            .filter(|(day, _)| !book.rows.contains_key(day))
    };
    let all = || earlier().map(|(_, row)| row).chain(book.rows.values());
    let first_open = book.today.plus(1 - OPEN_DAYS);
    let open = || book.rows.range(first_open..);
    if organic {
        let of_days: i64 = all().map(organic_of).sum();
        let of_totals = book.state.or_zero("totalClones") - book.state.or_zero("totalCiCheckouts");
        let total = book
            .state
            .or_zero("totalOrganicClones")
            .max(of_days)
            .max(of_totals);
        let seed: Object = open()
            .map(|(day, row)| (day.to_string(), organic_of(row)))
            .collect();
        book.state.set("totalOrganicClones", total);
        book.ours.set(ORGANIC, seed);
    }
    if ci_unique {
        let all = || earlier().map(|(_, row)| row).chain(book.rows.values());
        let known = || all().filter(|row| row.int("organicUniqueClones").is_some());
        let total = sum(known(), "uniqueClones") - sum(known(), "organicUniqueClones");
        let open = book.rows.range(first_open..);
        let seed: Object = open
            .filter_map(|(day, row)| {
                Some((
                    day.to_string(),
                    row.or_zero("uniqueClones") - row.int("organicUniqueClones")?,
                ))
            })
            .collect();
        book.state.set("totalCiUniqueClones", total.max(0));
        book.ours.set(CI_UNIQUE, seed);
    }
    Ok(())
}

/// Credits what each open day has now beyond what it was credited.
pub(super) fn organic(book: &mut Book) {
    let first_open = book.today.plus(1 - OPEN_DAYS);
    for row in book.rows.values_mut() {
        uniques(row);
    }
    let (mut organic, mut ci_unique) = (0, 0);
    for (day, row) in book.rows.range(first_open..) {
        let key = day.to_string();
        if let Some(now) = row.int("organicClones") {
            organic += credit(book.ours.object_mut(ORGANIC), &key, now);
        }
        if let (Some(uniques), Some(rest)) =
            (row.int("uniqueClones"), row.int("organicUniqueClones"))
        {
            ci_unique += credit(book.ours.object_mut(CI_UNIQUE), &key, uniques - rest);
        }
    }
    // Where the clock goes back, days are open again that were final: what they
    // were credited is known for as long as their rows are.
    let rows = &book.rows;
    let held = |day: Day| day >= first_open || rows.contains_key(&day);
    for map in [ORGANIC, CI_UNIQUE] {
        let map = book.ours.object_mut(map);
        map.retain(|day| Day::of(day).is_some_and(held));
        map.keep_newest(KEPT);
    }
    book.add("totalOrganicClones", organic);
    book.add("totalCiUniqueClones", ci_unique);
    let rest = book.state.or_zero("totalUniqueClones") - book.state.or_zero("totalCiUniqueClones");
    book.state.set("totalOrganicUniqueClones", rest.max(0));
    // What the original would look for, should it collect again.
    let today = book.rows.get(&book.today);
    let organic = today.map_or(0, organic_of);
    let ci_unique = today.map_or(0, |row| {
        row.int("organicUniqueClones")
            .map_or(0, |rest| row.or_zero("uniqueClones") - rest)
    });
    book.state.set("_previousOrganicToday", organic);
    book.state.set("_previousCiUniqueToday", ci_unique);
}

fn credit(ledger: &mut Object, day: &str, now: i64) -> i64 {
    let more = now - ledger.or_zero(day);
    ledger.set(day, now);
    more
}

/// All runs with the default token are one visitor a day, however many.
fn uniques(row: &mut Object) {
    let (Some(uniques), Some(clones), Some(ci)) = (
        row.int("uniqueClones"),
        row.int("clones"),
        row.int("ciCheckouts"),
    ) else {
        return;
    };
    let identities = i64::from(ci > 0);
    let of_ci = share(uniques, ci, clones).min(identities);
    row.set("organicUniqueClones", (uniques - of_ci).max(0));
}
