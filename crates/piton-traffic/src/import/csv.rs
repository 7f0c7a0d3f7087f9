//! Numbers that other tools kept: their columns are known by their names.

use crate::collect::{Day, Measured, measured_of};
use crate::ordered::{Json, Object};

/// Why nothing could be taken from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    #[error("it is no UTF-8 text")]
    NotText,
    #[error(
        "it is SQLite; export the table as CSV first: `sqlite3 -csv -header FILE 'select * from …'`"
    )]
    Sqlite,
    #[error("its first line names no column with days (expected one of: {DAYS})")]
    NoDay,
    #[error("its first line names no column with clones, views or downloads")]
    NoNumbers,
    #[error("line {line}: `{text}` is no day")]
    BadDay { line: usize, text: String },
    #[error("line {line}: `{text}` is no number from 0 upwards")]
    BadNumber { line: usize, text: String },
    #[error("it has neither `dailyHistory` nor a list of days")]
    NoRows,
}

const DAYS: &str = "date, day, _date, timestamp, time, time_iso8601, snapshot_date";

/// Which names of columns mean which field.
const COLUMNS: [(&str, &[&str]); 5] = [
    (
        "clones",
        &[
            "clones",
            "clones_total",
            "total_clones",
            "clones_count",
            "clone_count",
            "totalclones",
        ],
    ),
    (
        "uniqueClones",
        &[
            "uniqueclones",
            "clones_unique",
            "unique_clones",
            "clones_uniques",
            "unique_cloners",
        ],
    ),
    (
        "views",
        &[
            "views",
            "views_total",
            "total_views",
            "views_count",
            "view_count",
            "totalviews",
        ],
    ),
    (
        "uniqueViews",
        &[
            "uniqueviews",
            "views_unique",
            "unique_views",
            "views_uniques",
            "unique_visitors",
        ],
    ),
    ("downloads", &["downloads"]),
];

/// Reads CSV of other tools and of our own export, a state, an archive, or the
/// JSON of our own export.
pub fn import(bytes: &[u8]) -> Result<Measured, ImportError> {
    if bytes.starts_with(b"SQLite format 3") {
        return Err(ImportError::Sqlite);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ImportError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with(['{', '[']) {
        return json(text);
    }
    csv(text)
}

fn json(text: &str) -> Result<Measured, ImportError> {
    let json = Json::parse(text.as_bytes()).map_err(|_| ImportError::NoRows)?;
    let rows = match &json {
        Json::List(rows) => rows.as_slice(),
        Json::Object(object) if object.get("dailyHistory").is_some() => object.list("dailyHistory"),
        _ => return Err(ImportError::NoRows),
    };
    let measured = measured_of(rows);
    if measured.is_empty() {
        Err(ImportError::NoRows)
    } else {
        Ok(measured)
    }
}

fn csv(text: &str) -> Result<Measured, ImportError> {
    let mut lines = records(text).into_iter();
    let header = lines.next().map(|(_, cells)| cells).unwrap_or_default();
    let header: Vec<String> = header
        .iter()
        .map(|name| name.trim().to_lowercase().replace([' ', '-'], "_"))
        .collect();
    let days: Vec<&str> = DAYS.split(", ").collect();
    let day_at = header.iter().position(|name| days.contains(&name.as_str()));
    // An index without a name stands first where pandas wrote the file.
    let day_at = day_at.or_else(|| (header.first()?.is_empty()).then_some(0));
    let day_at = day_at.ok_or(ImportError::NoDay)?;
    let fields: Vec<(usize, &str)> = header
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let (field, _) = COLUMNS
                .iter()
                .find(|(_, names)| names.contains(&name.as_str()))?;
            Some((at, *field))
        })
        .collect();
    if fields.is_empty() {
        return Err(ImportError::NoNumbers);
    }
    let mut rows = Vec::new();
    for (line, cells) in lines {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let text = cells.get(day_at).map_or("", |cell| cell.trim());
        let day = Day::of(text).ok_or_else(|| ImportError::BadDay {
            line,
            text: text.to_owned(),
        })?;
        let mut row = Object::new();
        row.set("date", day.to_string());
        for (at, field) in &fields {
            let text = cells.get(*at).map_or("", |cell| cell.trim());
            if text.is_empty() {
                continue;
            }
            let bad = || ImportError::BadNumber {
                line,
                text: text.to_owned(),
            };
            // Others write whole numbers as 12.0.
            let whole = text.strip_suffix(".0").unwrap_or(text);
            let number: i64 = whole.parse().map_err(|_| bad())?;
            if number < 0 {
                return Err(bad());
            }
            row.set(field, number);
        }
        rows.push(Json::from(row));
    }
    Ok(measured_of(&rows))
}

/// Takes a CSV apart: quotes may hold commas, quotes and line ends.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut records = Vec::new();
    let mut cells = vec![String::new()];
    let (mut quoted, mut line, mut begun) = (false, 1, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                records.push((begun, std::mem::replace(&mut cells, vec![String::new()])));
                begun = line;
            }
            other => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(other);
                }
            }
        }
    }
    if cells.iter().any(|cell| !cell.is_empty()) {
        records.push((begun, cells));
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> (String, Object) {
        let (day, row) = import(text.as_bytes()).unwrap().pop_first().unwrap();
        (day.to_string(), row)
    }

    #[test]
    fn the_columns_of_other_tools_are_known_by_their_names() {
        for text in [
            "time_iso8601,clones_total,clones_unique,views_total,views_unique\n2025-01-02T00:00:00Z,5,2,9,4\n",
            "_date,total_clones,unique_clones,total_views,unique_views\n2025-01-02,5,2,9,4\n",
            "repo_id,date,clones_count,clones_uniques,views_count,views_uniques\n1,2025-01-02,5,2,9,4\n",
            "\u{feff}Date,Clones,Unique Clones,Views,Unique Views\r\n\"2025-01-02\",5.0,2,9,4\r\n",
            "date,clones,uniqueClones,views,uniqueViews\n2025-01-02,5,2,9,4",
            "{\"dailyHistory\": [{\"date\": \"2025-01-02T00:00:00Z\", \"clones\": 5, \"uniqueClones\": 2, \"views\": 9, \"uniqueViews\": 4}]}",
        ] {
            let (day, row) = first(text);
            assert_eq!(day, "2025-01-02", "{text}");
            let numbers = ["clones", "uniqueClones", "views", "uniqueViews"];
            assert_eq!(
                numbers.map(|field| row.int(field)),
                [5, 2, 9, 4].map(Some),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_taken_is_told_by_its_line() {
        for (text, told) in [
            ("a,b\n1,2\n", "names no column with days"),
            ("date,b\n1,2\n", "names no column with clones"),
            ("date,clones\n2025-01-02,1\nsoon,2\n", "line 3: `soon`"),
            ("date,clones\n2025-01-02,-1\n", "line 2: `-1`"),
            ("{}", "dailyHistory"),
            ("", "names no column"),
        ] {
            let refused = import(text.as_bytes()).unwrap_err().to_string();
            assert!(refused.contains(told), "{text}: {refused}");
        }
        assert_eq!(import(b"SQLite format 3\0"), Err(ImportError::Sqlite));
        assert_eq!(import(&[0xff, 0xfe]), Err(ImportError::NotText));
    }
}
