//! What `docs/hazards.md` promises is held by tests that are there.

use std::path::{Path, PathBuf};

/// What stands for the tests of a crate in the table.
const PLACES: [(&str, &str); 10] = [
    ("durable", "piton-durable/tests/it"),
    ("publish", "piton-migration/tests/it/publish"),
    ("git", "piton-git/tests/it"),
    ("program", "piton/tests/it"),
    ("loop", "piton-loop/tests/it"),
    ("piton", "piton/tests/it"),
    ("backend", "piton-backend/tests/it"),
    ("seal", "piton-seal/tests/it"),
    ("agent", "piton-agent/tests/it"),
    ("traffic", "piton-traffic/tests/it"),
];

/// Finds the file that a row names.
fn file(crates: &Path, named: &str) -> Option<PathBuf> {
    let (first, rest) = named.split_once('/')?;
    let short = PLACES.iter().find(|(name, _)| *name == first);
    let short = short.map(|(_, place)| crates.join(place).join(rest));
    [short, Some(crates.join(named))]
        .into_iter()
        .flatten()
        .find(|path| path.is_file())
}

#[test]
fn every_scenario_that_holds_a_promise_is_there() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let table = std::fs::read_to_string(crates.join("../docs/hazards.md")).unwrap();
    let scenarios = crates.join("piton-selftest/src/crash/scenarios");
    let all: String = std::fs::read_dir(scenarios)
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let words: Vec<&str> = table.split([' ', '`', '\n']).collect();
    let named = words.windows(2).filter(|pair| pair[0] == "--only");
    let mut count = 0;
    for name in named.map(|pair| pair[1]) {
        assert!(all.contains(&format!("\"{name}\"")), "no scenario {name}");
        count += 1;
    }
    assert!(count > 10, "{count} scenarios are named");
}

#[test]
fn every_test_that_holds_a_promise_is_there() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let table = std::fs::read_to_string(crates.join("../docs/hazards.md")).unwrap();
    let mut text = None;
    let mut named = 0;
    let rows = table.lines().filter(|line| line.starts_with("| "));
    for held in rows.filter_map(|row| row.split('|').nth(2)) {
        for word in held.split('`').skip(1).step_by(2) {
            let is_test = word
                .chars()
                .all(|c| c.is_ascii_lowercase() || "_…0123456789".contains(c));
            if Path::new(word).extension().is_some_and(|end| end == "rs") {
                let path = file(crates, word).unwrap_or_else(|| panic!("no file {word}: {held}"));
                text = Some(std::fs::read_to_string(path).unwrap());
            } else if is_test && word.contains('_') {
                let text = text
                    .as_deref()
                    .unwrap_or_else(|| panic!("no file for {word}"));
                let begins = word.trim_end_matches('…');
                let there = match begins.strip_prefix('…') {
                    Some(end) => text.contains(end),
                    None => text.contains(&format!("fn {begins}")),
                };
                assert!(there, "no test {word}: {held}");
                named += 1;
            }
        }
    }
    assert!(named > 100, "{named} tests are named");
}
