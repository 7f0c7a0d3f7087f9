//! What commands print, compared with what `docs/json.md` says they print.

use serde_json::Value;

const DOCUMENT: &str = include_str!("../../../../docs/json.md");

/// Requires that every field of a result is in the document's table.
pub(crate) fn check(command: &str, result: &Value) {
    if result.is_object() {
        crate::documents::schemas::check(command, result);
    }
    let row = DOCUMENT
        .lines()
        .skip_while(|line| *line != "<!-- fields -->")
        .find(|line| line.starts_with(&format!("| `{command}` |")))
        .unwrap_or_else(|| panic!("docs/json.md does not name `piton {command}`"));
    let words: Vec<&str> = row.split('`').skip(3).step_by(2).collect();
    let list = row.contains("`, each with ").then(|| words[0]);
    let plan = row.contains("those of a plan");
    let known = |field: &str| words.contains(&field) || (plan && of_a_plan(field));
    let entries: Vec<&Value> = match list {
        Some(list) => {
            let result = result.as_object();
            for field in result.into_iter().flat_map(|result| result.keys()) {
                assert!(field == list, "`piton {command}`: {field} beside {list}");
            }
            let entries = result.and_then(|result| result[list].as_array());
            entries.into_iter().flatten().collect()
        }
        None => vec![result],
    };
    for entry in entries {
        for field in entry.as_object().into_iter().flat_map(|it| it.keys()) {
            assert!(
                known(field),
                "`piton {command}` prints {field}, which docs/json.md does not name"
            );
        }
    }
}

fn of_a_plan(field: &str) -> bool {
    let rows = DOCUMENT
        .lines()
        .skip_while(|line| *line != "## The result of a plan")
        .take_while(|line| *line != "## The fields of each command")
        .filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`'))
        .any(|word| word == field)
}
