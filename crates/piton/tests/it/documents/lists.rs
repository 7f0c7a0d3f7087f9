//! Numbers and lists that pages write out, held against where they come from.

use std::collections::BTreeSet;

use piton_agent::Limits;
use piton_agent::environment::is_never_passed;
use piton_seal::{CACHES, STORES};

use super::kept::project;
use super::reference::reference;
use super::shapes::{Shape, fields};

fn page(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the line of a page that holds a text.
#[track_caller]
fn line(path: &str, with: &str) -> String {
    let page = page(path);
    let found = page.lines().find(|line| line.contains(with));
    found
        .unwrap_or_else(|| panic!("{path} no longer says {with:?}"))
        .to_owned()
}

/// Returns what stands in code marks.
fn in_code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn defaults_that_pages_quote_are_those_of_the_settings() {
    let reference = reference();
    let rows: Vec<Vec<&str>> = reference
        .lines()
        .map(|line| line.split(" | ").collect())
        .collect();
    for (path, says, key, default) in [
        (
            "docs/cost-and-time.md",
            "`agent.deadline` (30 minutes)",
            "agent.deadline",
            "30m",
        ),
        (
            "docs/cost-and-time.md",
            "`agent.idle-limit` (5 minutes)",
            "agent.idle-limit",
            "5m",
        ),
        (
            "docs/agents.md",
            "five minutes unless configured",
            "agent.idle-limit",
            "5m",
        ),
        ("docs/runs.md", "are kept (200)", "runs.keep", "200"),
        ("docs/runs.md", "(90 days, counted", "runs.keep-for", "90d"),
        (
            "docs/configuration.md",
            "migrations-dir = \"migrations\"",
            "migrations-dir",
            "migrations",
        ),
        (
            "docs/stored-plans.md",
            "| `github-issue` (default)",
            "plans.backend",
            "github-issue",
        ),
        (
            "docs/taste.md",
            "It lies in `.piton/taste.md`",
            "taste",
            ".piton/taste.md",
        ),
        (
            "docs/prompts.md",
            "(`.piton/prompts`, or the setting",
            "prompts",
            ".piton/prompts",
        ),
    ] {
        line(path, says);
        let row = rows
            .iter()
            .find(|row| row[0] == format!("| `{key}`"))
            .unwrap_or_else(|| panic!("{key} is no setting"));
        assert_eq!(row[2], format!("`{default}`"), "{path}: {says}");
    }
    let limits = Limits::default();
    line("docs/agents.md", "half an hour while a tool runs");
    assert_eq!(limits.tool_idle.as_secs(), 30 * 60);
    line(
        "docs/agents.md",
        "first asked to end and then, after five seconds",
    );
    assert_eq!(limits.politeness.as_secs(), 5);
}

#[test]
fn endings_that_pages_list_are_exit_codes() {
    let reference = reference();
    let (_, codes) = reference.split_once("| code | meaning |").unwrap();
    let (codes, _) = codes.split_once("\n\n").unwrap();
    let first = |row: &str| {
        row.trim_start_matches("| ")
            .split(" | ")
            .next()
            .map(str::to_owned)
    };
    let codes: BTreeSet<String> = codes.lines().skip(2).filter_map(first).collect();
    assert!(codes.len() > 8, "{codes:?}");
    for (path, head) in [
        ("docs/running.md", "| code | ending |"),
        ("docs/guide.md", "| code | what it means here |"),
    ] {
        let page = page(path);
        let (_, table) = page.split_once(head).unwrap();
        let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
        let told: BTreeSet<String> = rows.filter_map(first).collect();
        assert!(told.len() > 5 && told.is_subset(&codes), "{path}: {told:?}");
    }
}

#[test]
fn every_way_a_run_and_an_action_end_is_on_the_page_about_runs() {
    let told = line("docs/runs.md", "A run ends in one word");
    let told: BTreeSet<&str> = in_code(&told).collect();
    for (event, field) in [
        ("Event run_finished", "status"),
        ("Event action_finished", "outcome"),
    ] {
        let (fields, _) = fields(event);
        let Shape::OneOf(words) = &fields[field].0 else {
            panic!("{event} has no list of words");
        };
        for word in words {
            let Shape::Word(word) = word else {
                panic!("{word:?}")
            };
            assert!(told.contains(word.as_str()), "docs/runs.md lacks {word}");
        }
    }
}

#[test]
fn what_a_page_says_that_no_agent_gets_is_never_passed_on() {
    let told = line("docs/agents.md", "is never passed on");
    let (_, list) = told.split_once("a registry token (").unwrap();
    let (list, _) = list.split_once(')').unwrap();
    let mut count = 0;
    for name in in_code(list).filter(|name| *name != "…") {
        assert!(is_never_passed(&name.replace('*', "X")), "{name}");
        count += 1;
    }
    assert!(count > 5, "{list}");
}

#[test]
fn the_stores_and_caches_that_the_page_about_security_names_are_there() {
    let told = line("docs/security.md", "**Reading credential stores**");
    let named: Vec<&str> = in_code(&told)
        .filter_map(|path| path.strip_prefix("~/"))
        .collect();
    assert!(named.len() > 5, "{told}");
    for store in named {
        assert!(STORES.contains(&store), "{store} is no store");
    }
    let told = line("docs/security.md", "Tool caches (").to_lowercase();
    for cache in CACHES {
        assert!(told.contains(cache.name), "{} is not named", cache.name);
        if cache.seeds.is_empty() {
            let empty = told.split("begin empty").next().unwrap();
            let empty = empty.rsplit("already;").next().unwrap();
            assert!(empty.contains(cache.name), "{} begins empty", cache.name);
        }
    }
}

/// Returns what stands between a mark and the next quotation mark, wherever the
/// mark is in a text.
fn quoted_after<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(mark)
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(name, _)| name)
}

/// Returns the texts of the program's sources, tests left out.
fn sources(dir: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![project(dir)];
    while let Some(dir) = waiting.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                found.push(code.to_owned());
            }
        }
    }
    found
}

#[test]
fn every_variable_that_the_program_reads_is_in_the_reference() {
    let reference = reference();
    let mut read = BTreeSet::new();
    for text in sources("crates/piton/src") {
        for mark in ["environment.get(\"", "self.get(\"", ".xdg(\""] {
            let names = quoted_after(&text, mark).filter(|name| {
                let upper = |b: u8| b.is_ascii_uppercase() || b == b'_';
                !name.is_empty() && name.bytes().all(upper)
            });
            read.extend(names.map(str::to_owned));
        }
    }
    assert!(read.len() > 12, "{read:?}");
    for name in read {
        let row = format!("\n| `{name}` | ");
        assert!(reference.contains(&row), "the reference lacks {name}");
    }
}

#[test]
fn everything_that_lies_in_pitons_own_directory_is_on_the_map() {
    let map = page("ARCHITECTURE.md");
    let text = page("crates/piton-base/src/state_dir.rs");
    let mut names: BTreeSet<String> = quoted_after(&text, "self.0.join(\"")
        .map(str::to_owned)
        .collect();
    for text in sources("crates/piton/src") {
        for mark in [".state().path().join(\"", "self.state.path().join(\""] {
            names.extend(quoted_after(&text, mark).map(str::to_owned));
        }
    }
    assert!(names.len() > 12, "{names:?}");
    for name in names {
        let place = format!("`.git/piton/{name}");
        assert!(map.contains(&place), "ARCHITECTURE.md lacks {place}");
    }
}

#[test]
fn lines_of_a_journal_hold_what_the_page_says() {
    let env = crate::env::TestEnv::new();
    let _ = env.ok(&["init"]);
    let journals = env.path().join(".git/piton/journals");
    let journal = std::fs::read_dir(journals)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .unwrap();
    let journal = std::fs::read_to_string(journal).unwrap();
    let keys = |line: &serde_json::Value| -> BTreeSet<String> {
        line.as_object().unwrap().keys().cloned().collect()
    };
    let lines: Vec<serde_json::Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told = line("docs/plan-json.md", "The first line is `{\"journal\"");
    let named: BTreeSet<String> = quoted_after(&told, " \"")
        .chain(["journal"])
        .map(str::to_owned)
        .collect();
    assert_eq!(keys(&lines[0]), named);
    let told = line("docs/plan-json.md", "`{\"ended\"");
    let ended = lines.iter().find_map(|line| line.get("ended")).unwrap();
    for key in keys(ended) {
        assert!(told.contains(&format!("\"{key}\"")), "{key}: {told}");
    }
}
