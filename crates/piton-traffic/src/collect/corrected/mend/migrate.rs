//! Bringing a state from an older form to the third.

use super::super::row::organic_of;
use super::{Mending, StepKind};
use crate::collect::day::Day;
use crate::ordered::Object;
use crate::state::{day_of, rows_of};

/// Migrates up to a version.
pub fn migrate(mending: &mut Mending, to: i64) {
    let version = mending.state.int("schemaVersion").unwrap_or(1);
    if version < 2 && to >= 2 {
        counts(&mut mending.state);
        mending.state.set("schemaVersion", 2);
        let line = "counts by day instead of the days alone";
        mending.note(StepKind::Migrate, "1-2", line);
    }
    if version < 3 && to >= 3 {
        let before = mending.state.or_zero("totalOrganicClones");
        let of_rows: i64 = rows_of(&mending.state).map(organic_of).sum();
        let of_totals =
            mending.state.or_zero("totalClones") - mending.state.or_zero("totalCiCheckouts");
        let total = of_rows.max(of_totals).max(before);
        mending.state.set("totalOrganicClones", total);
        mending.state.set("schemaVersion", 3);
        let line = format!("an organic total that grows; it begins at {total}");
        mending.note(StepKind::Migrate, "2-3", line);
    }
}

/// The days that were seen become counts, by what their rows say.
fn counts(state: &mut Object) {
    for (map, dates, field) in [
        ("lastSeenCloneCounts", "lastSeenDates", "clones"),
        ("lastSeenViewCounts", "lastSeenViewDates", "views"),
    ] {
        if state.object(map).is_some() {
            continue;
        }
        let of_row = |day: Day| {
            rows_of(state)
                .find(|row| day_of(row) == Some(day))
                .map_or(0, |row| row.or_zero(field))
        };
        let seen: Object = state
            .list(dates)
            .iter()
            .filter_map(|date| Day::of(date.text()?))
            .map(|day| (day.to_string(), of_row(day)))
            .collect();
        state.set(map, seen);
    }
}
