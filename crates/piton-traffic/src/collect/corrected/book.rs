//! The state while a run works on it: rows by day, everything else as it is.

use std::collections::BTreeMap;

use crate::collect::day::{Day, Moment};
use crate::ordered::{Json, Object};
use crate::state::{day_of, rows_of};

/// Everything that piton adds to the state is under this one key.
pub(super) const OURS: &str = "collector";

/// How many rows the state's own list holds, for those who read it.
const LISTED: usize = 31;
/// How many rows are kept in all; the older ones are under piton's own key.
pub(super) const KEPT: usize = 62;

#[derive(Debug)]
pub(super) struct Book {
    pub(super) state: Object,
    pub(super) ours: Object,
    pub(super) rows: BTreeMap<Day, Object>,
    pub(super) now: Moment,
    pub(super) today: Day,
    /// Whether the state was never collected into before.
    pub(super) first: bool,
}

impl Book {
    pub(super) fn open(mut state: Object, now: Moment) -> Self {
        let mut ours = match state.remove(OURS) {
            Some(Json::Object(ours)) => ours,
            _ => Object::new(),
        };
        let mut rows = BTreeMap::new();
        for list in [
            ours.remove("recentRows"),
            state.get("dailyHistory").cloned(),
        ] {
            let Some(Json::List(list)) = list else {
                continue;
            };
            for row in list {
                // Of two rows of one day the later one counts.
                if let Json::Object(row) = row
                    && let Some(day) = day_of(&row)
                {
                    rows.insert(day, row);
                }
            }
        }
        state.set("schemaVersion", 3);
        Self {
            first: state.text("trackingSince").is_none_or(str::is_empty),
            state,
            ours,
            rows,
            now,
            today: now.day(),
        }
    }

    /// Takes rows of earlier states that were trimmed since: an archive of a
    /// month needs its first days. A row that is there stays as it is.
    pub(super) fn remember(&mut self, past: &[Object]) {
        let oldest = self.today.plus(1 - 62);
        for state in past {
            for row in rows_of(state) {
                let day = day_of(row);
                if let Some(day) = day.filter(|day| *day >= oldest && *day < self.today) {
                    self.rows.entry(day).or_insert_with(|| row.clone());
                }
            }
        }
    }

    /// Returns the row of a day; one is begun where there is none.
    pub(super) fn row(&mut self, day: Day) -> &mut Object {
        let row = self.rows.entry(day).or_default();
        // Old rows may bear another time of the day.
        row.set("date", day.midnight());
        row
    }

    pub(super) fn add(&mut self, total: &str, more: i64) {
        let sum = self.state.or_zero(total) + more;
        self.state.set(total, sum);
    }

    /// Puts everything together again.
    pub(super) fn close(mut self) -> Object {
        let surplus = self.rows.len().saturating_sub(KEPT);
        let mut rows: Vec<Json> = self
            .rows
            .into_values()
            .skip(surplus)
            .map(Json::from)
            .collect();
        let listed = rows.split_off(rows.len().saturating_sub(LISTED));
        self.state.set("dailyHistory", listed);
        self.ours.set("recentRows", rows);
        self.state.set(OURS, self.ours);
        self.state
    }
}
