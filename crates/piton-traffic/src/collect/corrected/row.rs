//! What the row of a day says.

use crate::collect::day::{Day, Moment};
use crate::ordered::Object;
use crate::state::rows_of;

/// A number of a row; what is absent was not measured.
pub(super) fn sum<'r>(rows: impl Iterator<Item = &'r Object>, field: &str) -> i64 {
    rows.map(|row| row.or_zero(field)).sum()
}

/// Organic clones of a row; all of them where nobody counted those of CI.
pub(super) fn organic_of(row: &Object) -> i64 {
    row.int("organicClones")
        .unwrap_or_else(|| row.or_zero("clones"))
}

/// The days that GitHub's answers about traffic cover.
pub(super) fn window(today: Day) -> std::ops::RangeInclusive<Day> {
    today.plus(-13)..=today
}

/// When the newest row was captured, wherever it stands.
pub(crate) fn newest_capture(state: &Object) -> Option<Moment> {
    rows_of(state)
        .filter_map(|row| Moment::of(row.text("capturedAt")?))
        .max()
}
