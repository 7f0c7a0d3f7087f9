//! Where the documents lead.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::kept::project;

/// Returns every document of the project.
pub(super) fn all() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for dir in ["", "docs", "docs/design"] {
        for entry in std::fs::read_dir(project(dir)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Returns the lines outside of blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_block = false;
    text.lines().filter(move |line| {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            return false;
        }
        !in_block
    })
}

fn anchors(text: &str) -> BTreeSet<String> {
    prose(text)
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter_map(|c| match c {
                    ' ' => Some('-'),
                    c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c),
                    _ => None,
                })
                .collect()
        })
        .collect()
}

/// Returns the targets of links, `](…)`.
fn targets(text: &str) -> Vec<String> {
    prose(text)
        .flat_map(|line| {
            line.split("](")
                .skip(1)
                .filter_map(|rest| rest.split_once(')'))
                .map(|(target, _)| target.to_owned())
        })
        .collect()
}

#[test]
fn every_link_leads_to_something_that_is_there() {
    let mut broken = Vec::new();
    for document in all() {
        let text = std::fs::read_to_string(&document).unwrap();
        for target in targets(&text) {
            if target.contains("://") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = if path.is_empty() {
                document.clone()
            } else {
                document.parent().unwrap().join(path)
            };
            let there = file.exists() && (anchor.is_empty() || has(&file, anchor));
            if !there {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn has(file: &Path, anchor: &str) -> bool {
    std::fs::read_to_string(file).is_ok_and(|text| anchors(&text).contains(anchor))
}

#[test]
fn every_document_is_in_the_list_of_documents() {
    let list = std::fs::read_to_string(project("docs/README.md")).unwrap();
    let listed: BTreeSet<String> = targets(&list).into_iter().collect();
    for document in all() {
        let Ok(below) = document.strip_prefix(project("docs")) else {
            continue;
        };
        let below = below.display().to_string();
        assert!(below == "README.md" || listed.contains(&below), "{below}");
    }
}

/// Pages that tell people who change piton where things are.
fn maps() -> Vec<PathBuf> {
    let of_contributors = ["AGENTS.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
    let pages = all().into_iter().filter(|page| {
        page.parent().is_some_and(|dir| dir.ends_with("design"))
            || of_contributors.iter().any(|name| page.ends_with(name))
    });
    pages.collect()
}

/// Returns every path of the sources, below the top of the project.
fn sources(dir: &str, into: &mut Vec<String>) {
    for entry in std::fs::read_dir(project(dir)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{dir}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            sources(&path, into);
        }
        into.push(path);
    }
}

#[test]
fn every_source_that_a_map_names_is_there() {
    let mut sources_there = Vec::new();
    for dir in ["crates", "docs", "scripts", ".ci", ".github"] {
        sources_there.push(dir.to_owned());
        sources(dir, &mut sources_there);
    }
    let there = |named: &str| {
        let named = named.trim_end_matches('/');
        sources_there.iter().any(|path| {
            let rest = path.strip_suffix(named);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        })
    };
    let (mut missing, mut looked_up) = (Vec::new(), 0);
    for page in maps() {
        let text = std::fs::read_to_string(&page).unwrap();
        for code in prose(&text).flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let is_path = code
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
            let first = code.split('/').next().unwrap_or_default();
            let of_sources = [
                "src", "crates", "docs", "scripts", "tests", ".ci", ".github",
            ];
            let named = Path::new(code).extension().is_some_and(|end| end == "rs")
                || (code.contains('/') && of_sources.contains(&first));
            if !(is_path && named) {
                continue;
            }
            looked_up += 1;
            if !there(code) {
                missing.push(format!("{}: {code}", page.display()));
            }
        }
    }
    assert!(looked_up > 30, "only {looked_up} were found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
