//! Tests that the design pages name.

use std::path::Path;

use super::kept::project;

/// Gathers the text of all sources below a directory.
fn sources(dir: &Path, text: &mut String) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|end| end == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Whether it is the name of a test, or the beginning of one.
fn names_a_test(code: &str) -> bool {
    let name = code.trim_end_matches('…');
    let least = if name == code { 3 } else { 1 };
    name.matches('_').count() >= least
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn every_test_that_a_design_page_names_is_there() {
    let mut text = String::new();
    sources(&project("crates"), &mut text);
    let mut named = 0;
    for entry in std::fs::read_dir(project("docs/design")).unwrap() {
        let path = entry.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        for code in page
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|code| names_a_test(code))
        {
            let function = match code.strip_suffix('…') {
                Some(begins) => format!("fn {begins}"),
                None => format!("fn {code}("),
            };
            assert!(
                text.contains(&function),
                "{}: no test {code}",
                path.display()
            );
            named += 1;
        }
    }
    assert!(named > 60, "only {named} tests are named");
}
