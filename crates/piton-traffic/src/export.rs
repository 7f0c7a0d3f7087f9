//! All that is known, as tables: for spreadsheets and for programs.

use std::collections::BTreeMap;

use crate::collect::{Day, Moment, Range, all_days};
use crate::ordered::{Json, Object};

/// A table: its columns, and rows of values. What is not known is null.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Json>>,
}

const OF_DAYS: [&str; 14] = [
    "date",
    "clones",
    "uniqueClones",
    "ciCheckouts",
    "ciRuns",
    "organicClones",
    "organicUniqueClones",
    "downloads",
    "total",
    "views",
    "uniqueViews",
    "stars",
    "forks",
    "openIssues",
];

/// The days, as far as they are known.
pub fn days(state: &Object, archive: &BTreeMap<String, Json>, range: Range, now: Moment) -> Table {
    let all = all_days(state, Some(archive), now);
    let rows = all
        .into_iter()
        .filter(|(day, _)| range.has(*day))
        .map(|(day, row)| {
            OF_DAYS
                .iter()
                .map(|column| match *column {
                    "date" => Json::from(day.to_string()),
                    other => row.get(other).cloned().unwrap_or(Json::Null),
                })
                .collect()
        });
    Table {
        columns: OF_DAYS.to_vec(),
        rows: rows.collect(),
    }
}

/// Where visitors came from, by month.
pub fn referrers(state: &Object, archive: &BTreeMap<String, Json>) -> Table {
    sources(state, archive, "referrers", "source")
}

/// What they looked at, by month.
pub fn paths(state: &Object, archive: &BTreeMap<String, Json>) -> Table {
    sources(state, archive, "popularPaths", "path")
}

/// Sources by month: the greatest number that each had in it.
fn sources(
    state: &Object,
    archive: &BTreeMap<String, Json>,
    list: &str,
    key: &'static str,
) -> Table {
    let mut found: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    let mut put = |month: &str, one: &Object, name: &str| {
        let place = found
            .entry((month.to_owned(), name.to_owned()))
            .or_default();
        place.0 = place.0.max(one.or_zero("count"));
        place.1 = place.1.max(one.or_zero("uniques"));
    };
    for (name, file) in archive {
        let month = name
            .strip_prefix("archive-")
            .and_then(|name| name.strip_suffix(".json"));
        let (Some(month), Some(file)) = (month, file.object()) else {
            continue;
        };
        for one in file.list(list).iter().filter_map(Json::object) {
            put(month, one, one.text(key).unwrap_or_default());
        }
    }
    for (month, kept) in ours(state, "monthlySources") {
        let kept = kept.object().and_then(|kept| kept.object(list));
        for (name, one) in kept.into_iter().flat_map(Object::iter) {
            if let Some(one) = one.object() {
                put(month, one, name);
            }
        }
    }
    let rows = found.into_iter().map(|((month, name), (count, uniques))| {
        vec![month.into(), name.into(), count.into(), uniques.into()]
    });
    Table {
        columns: vec!["month", key, "count", "uniques"],
        rows: rows.collect(),
    }
}

/// How many stars there were, by day.
pub fn stars(state: &Object, range: Range) -> Table {
    let rows = ours(state, "starHistory")
        .filter(|(day, _)| Day::of(day).is_some_and(|day| range.has(day)))
        .map(|(day, count)| vec![day.into(), count.clone()]);
    Table {
        columns: vec!["date", "stars"],
        rows: rows.collect(),
    }
}

/// Downloads of each release, by day.
pub fn releases(state: &Object, range: Range) -> Table {
    let mut rows = Vec::new();
    for (tag, series) in ours(state, "releaseDownloads") {
        for (day, count) in series.object().into_iter().flat_map(Object::iter) {
            if Day::of(day).is_some_and(|day| range.has(day)) {
                rows.push(vec![tag.into(), day.into(), count.clone()]);
            }
        }
    }
    Table {
        columns: vec!["release", "date", "downloads"],
        rows,
    }
}

/// What piton keeps under a name of its own in the state.
fn ours<'s>(state: &'s Object, name: &str) -> impl Iterator<Item = (&'s str, &'s Json)> {
    let ours = state.object("collector").and_then(|ours| ours.object(name));
    ours.into_iter().flat_map(Object::iter)
}

impl Table {
    /// Comma-separated, with a line of names.
    pub fn csv(&self) -> String {
        let mut out = self.columns.join(",");
        out.push('\n');
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(cell).collect();
            out.push_str(&cells.join(","));
            out.push('\n');
        }
        out
    }

    /// A list of objects; what is not known is left out.
    pub fn json(&self) -> Json {
        let rows = self.rows.iter().map(|row| {
            let named = self.columns.iter().zip(row);
            let object: Object = named
                .filter(|(_, value)| **value != Json::Null)
                .map(|(name, value)| (*name, value.clone()))
                .collect();
            Json::from(object)
        });
        Json::List(rows.collect())
    }
}

/// One cell. A text that a spreadsheet would take for a formula is marked as
/// text: names of sources and pages are chosen by strangers.
fn cell(value: &Json) -> String {
    let text = match value {
        Json::Null => return String::new(),
        Json::Text(text) => text,
        other => return other.pretty(),
    };
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let text = if formula {
        format!("'{text}")
    } else {
        text.clone()
    };
    if formula || text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@x", "\t=1"] {
            assert!(cell(&text.into()).starts_with("\"'"), "{text}");
        }
        assert_eq!(cell(&"a \"b\", c".into()), "\"a \"\"b\"\", c\"");
        assert_eq!(cell(&Json::from(-3)), "-3");
        assert_eq!(cell(&"Google".into()), "Google");
    }
}
