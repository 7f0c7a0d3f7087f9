//! A file with numbers, in whatever form it is.

use piton_github::RepoName;

use super::error::ImportError;
use super::{csv, database, sqlite};
use crate::collect::{Measured, measured_of};
use crate::ordered::Json;

/// Reads CSV of other tools and of our own export, a state, an archive, the
/// JSON of our own export, or the `SQLite` file that another tool keeps. What is
/// of other repositories is passed over.
pub fn import(bytes: &[u8], repository: &RepoName) -> Result<Measured, ImportError> {
    if bytes.starts_with(sqlite::MAGIC) {
        return database::database(bytes, repository);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| ImportError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with(['{', '[']) {
        return json(text);
    }
    csv::csv(text, repository)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::Day;
    use crate::import::SqliteError;
    use crate::ordered::Object;

    fn first(text: &str) -> (String, Object) {
        let (day, row) = import(text.as_bytes(), &"acme/widget".parse().unwrap())
            .unwrap()
            .pop_first()
            .unwrap();
        (day.to_string(), row)
    }

    #[test]
    fn the_columns_of_other_tools_are_known_by_their_names() {
        for text in [
            "time_iso8601,clones_total,clones_unique,views_total,views_unique\n2025-01-02T00:00:00Z,5,2,9,4\n",
            "_date,total_clones,unique_clones,total_views,unique_views\n2025-01-02,5,2,9,4\n",
            "repo_id,date,clones_count,clones_uniques,views_count,views_uniques\n1,2025-01-02,5,2,9,4\n",
            "\u{feff}Date,Clones,Unique Clones,Views,Unique Views\r\n\"2025-01-02\",5.0,2,9,4\r\n",
            "repo,date,clones,unique_clones,views,unique_views\nacme/gadget,2025-01-02,50,9,90,9\nAcme/Widget,2025-01-02,5,2,9,4\n",
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
    fn the_database_of_another_tool_gives_the_rows_of_this_repository() {
        // Pages of 512 bytes: its trees have branches, and a text runs over.
        let file = include_bytes!("../../tests/files/ghstats.sqlite");
        let measured = import(file, &"acme/widget".parse().unwrap()).unwrap();
        assert_eq!(measured.len(), 60);
        let rows: Vec<_> = measured.iter().collect();
        for (at, (day, row)) in (0..).zip(rows) {
            assert_eq!(*day, Day::of("2025-01-01").unwrap().plus(at));
            let numbers = ["clones", "uniqueClones", "views", "uniqueViews"];
            let wanted = [at, at / 2, 300 + at, at].map(Some);
            assert_eq!(numbers.map(|field| row.int(field)), wanted, "{day}");
        }
        let none = import(file, &"acme/other".parse().unwrap()).unwrap_err();
        let told = "it has nothing of acme/other, only of acme/gadget, acme/widget";
        assert_eq!(none.to_string(), told);
        // Cut off anywhere, it is refused without a panic.
        for length in (0..file.len()).step_by(97) {
            let _ = import(&file[..length], &"acme/widget".parse().unwrap());
        }
    }

    #[test]
    fn what_cannot_be_taken_is_told_by_its_line() {
        for (text, told) in [
            ("a,b\n1,2\n", "names no column with days"),
            ("date,b\n1,2\n", "names no column with clones"),
            ("date,clones\n2025-01-02,1\nsoon,2\n", "line 3: `soon`"),
            ("date,clones\n2025-01-02,-1\n", "line 2: `-1`"),
            (
                "repo_id,date,clones\n1,2025-01-02,1\n2,2025-01-02,1\n",
                "several repositories",
            ),
            (
                "repo,date,clones\na/b,2025-01-02,1\n",
                "nothing of acme/widget, only of a/b",
            ),
            ("{}", "dailyHistory"),
            ("", "names no column"),
        ] {
            let refused = import(text.as_bytes(), &"acme/widget".parse().unwrap())
                .unwrap_err()
                .to_string();
            assert!(refused.contains(told), "{text}: {refused}");
        }
        let widget = "acme/widget".parse().unwrap();
        assert_eq!(import(&[0xff, 0xfe], &widget), Err(ImportError::NotText));
        let cut = import(b"SQLite format 3\0", &widget);
        assert_eq!(cut, Err(ImportError::Sqlite(SqliteError::Damaged(1))));
    }
}
