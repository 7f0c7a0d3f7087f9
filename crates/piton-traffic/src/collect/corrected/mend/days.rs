//! Every day that is known, wherever its row is.

use std::collections::BTreeMap;

use super::super::archive;
use super::super::book::Book;
use crate::collect::day::{Day, Moment};
use crate::ordered::{Json, Object};
use crate::state::day_of;

/// What was measured of a day.
pub(super) const FIELDS: [&str; 5] = [
    "clones",
    "uniqueClones",
    "views",
    "uniqueViews",
    "downloads",
];

/// Measured numbers by day.
pub type Measured = BTreeMap<Day, Object>;

/// Returns all rows of a state and of the archive, by day: of each measured
/// field the greater number, of all else what the state says.
pub fn all_days(state: &Object, archive: Option<&BTreeMap<String, Json>>, now: Moment) -> Measured {
    let mut all = archive.map(archive::days).unwrap_or_default();
    for (day, row) in Book::open(state.clone(), now).rows {
        match all.get_mut(&day) {
            Some(known) => {
                let before = known.clone();
                for (field, value) in row.iter() {
                    known.set(field, value.clone());
                }
                for field in FIELDS {
                    if before.int(field) > known.int(field)
                        && let Some(value) = before.get(field)
                    {
                        known.set(field, value.clone());
                    }
                }
            }
            None => drop(all.insert(day, row)),
        }
    }
    all
}

/// Takes the measured fields out of rows, by day; of several rows of a day the
/// greatest numbers.
pub fn measured_of(rows: &[Json]) -> Measured {
    let mut measured = Measured::new();
    for row in rows.iter().filter_map(Json::object) {
        let Some(day) = day_of(row) else {
            continue;
        };
        take_greater(measured.entry(day).or_default(), row);
    }
    measured
}

/// Takes the measured fields of a row that are greater than those known.
pub(super) fn take_greater(place: &mut Object, row: &Object) {
    for field in FIELDS {
        if let Some(number) = row.int(field).filter(|number| *number >= 0)
            && place.int(field).is_none_or(|known| known < number)
        {
            place.set(field, number);
        }
    }
}
