//! The state where there is none, and older ones.

use crate::collect::day::Day;
use crate::ordered::{Json, Object};
use crate::state::{day_of, rows_of};

pub(super) fn empty() -> Object {
    let mut state = Object::new();
    for name in ["totalClones", "totalDownloads", "totalViews"] {
        state.set(name, 0);
    }
    for name in ["lastSeenDates", "lastSeenViewDates", "dailyHistory"] {
        state.set(name, Vec::new());
    }
    state
}

pub(super) fn migrate(state: &mut Object) {
    for name in ["dailyHistory", "lastSeenViewDates"] {
        if !matches!(state.get(name), Some(Json::List(_))) {
            state.set(name, Vec::new());
        }
    }
    if state.get("lastSeenCloneCounts").is_none() {
        for (map, dates, counts) in [
            ("lastSeenCloneCounts", "lastSeenDates", "clones"),
            ("lastSeenViewCounts", "lastSeenViewDates", "views"),
        ] {
            let seen: Object = state
                .list(dates)
                .iter()
                .filter_map(|date| Day::of(date.text()?))
                .map(|day| {
                    (
                        day.to_string(),
                        row_of(state, day).map_or(0, |row| row.or_zero(counts)),
                    )
                })
                .collect();
            state.set(map, seen);
        }
    }
    if state.or_zero("schemaVersion") < 3 {
        let of_rows: i64 = rows_of(state).map(organic_or_clones).sum();
        let of_totals = state.or_zero("totalClones") - state.or_zero("totalCiCheckouts");
        state.set("totalOrganicClones", of_rows.max(of_totals).max(0));
    }
    state.set("schemaVersion", 3);
}

fn row_of(state: &Object, day: Day) -> Option<&Object> {
    rows_of(state).find(|row| day_of(row) == Some(day))
}

/// The original takes an organic count of 0 for none.
pub(super) fn organic_or_clones(row: &Object) -> i64 {
    match row.or_zero("organicClones") {
        0 => row.or_zero("clones"),
        organic => organic,
    }
}
