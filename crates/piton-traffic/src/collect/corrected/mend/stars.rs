//! Stars by day.

use super::super::book::OURS;
use super::super::sources;
use super::repairs::at;
use super::{Mending, StepKind};
use crate::collect::answers::StarsSeen;
use crate::collect::day::Day;
use crate::state::{day_of, rows_mut};

/// Keeps the history of stars, and gives rows without any their number.
pub fn star_rows(mending: &mut Mending, stars: &StarsSeen) {
    let history = sources::star_history(None, stars);
    let ours = mending.state.object_mut(OURS);
    if ours.object("starHistory") != Some(&history) {
        ours.set("starHistory", history.clone());
        let all: i64 = stars.gained.values().sum();
        let line = format!("{all} stars on {} days", history.len());
        mending.note(StepKind::UpdateSeries, "stars", line);
    }
    let mut given: Vec<(Day, i64)> = Vec::new();
    for row in rows_mut(&mut mending.state) {
        if let (Some(day), None) = (day_of(row), row.get("stars")) {
            let count = at(&history, day);
            row.set("stars", count);
            given.push((day, count));
        }
    }
    for (day, count) in given {
        mending.note(
            StepKind::UpdateRow,
            day.to_string(),
            format!("stars {count}"),
        );
    }
}
