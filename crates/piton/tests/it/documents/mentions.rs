//! Commands and settings that the documents mention.

use std::collections::BTreeSet;

use clap::error::{ContextKind, ErrorKind};

use super::links::all;
use super::reference::reference;

/// Pages that tell of the past, or of other programs.
const NOT_CHECKED: [&str; 1] = ["CHANGELOG.md"];

/// Returns every text that looks like a command line of piton's: in code, and
/// in indented lines and blocks.
fn command_lines(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let indented = in_block || line.starts_with("    ");
        let command = trimmed.strip_prefix("$ ").unwrap_or(trimmed);
        if indented && command.starts_with("piton ") {
            // What stands behind two spaces is a remark, or a column of a table.
            found.push(command.split("  ").next().unwrap_or(command).to_owned());
            continue;
        }
        if !in_block {
            let code = line.split('`').skip(1).step_by(2);
            found.extend(
                code.filter(|code| code.starts_with("piton "))
                    .map(str::to_owned),
            );
        }
    }
    found
}

/// Returns why a command line is none of piton's, if it is none.
fn wrong(line: &str) -> Option<String> {
    let line = line
        .strip_prefix("piton help ")
        .map_or(line, |_| "piton help");
    let end = [" | ", " < ", " > ", " >> ", " && ", " || ", " …", " & "]
        .iter()
        .filter_map(|mark| line.find(mark))
        .min()
        .unwrap_or(line.len());
    let words = piton_agent::words::split(&line[..end]).ok()?;
    // Where a page shows a form, brackets stand around what may be left out.
    if words
        .iter()
        .any(|word| word.starts_with('[') || word.contains('|'))
    {
        return None;
    }
    let error = piton::definition().try_get_matches_from(&words).err()?;
    match error.kind() {
        ErrorKind::InvalidSubcommand
            if words.iter().any(|word| word == "NAME" || word == "COMMAND") =>
        {
            None
        }
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand | ErrorKind::ArgumentConflict => {
            Some(format!(
                "{line}: {:?} {:?}",
                error.kind(),
                error.get(ContextKind::InvalidArg)
            ))
        }
        ErrorKind::InvalidValue => {
            let value = error
                .get(ContextKind::InvalidValue)
                .map(ToString::to_string);
            let placeholder = value
                .as_deref()
                .is_none_or(|value| value.is_empty() || value == value.to_uppercase());
            (!placeholder).then(|| format!("{line}: {value:?} is no value"))
        }
        _ => None,
    }
}

#[test]
fn every_command_that_a_document_mentions_is_one() {
    let mut found = Vec::new();
    let mut tried = 0;
    for document in all() {
        let name = document.file_name().unwrap().to_str().unwrap();
        if NOT_CHECKED.contains(&name) {
            continue;
        }
        let text = std::fs::read_to_string(&document).unwrap();
        for line in command_lines(&text) {
            tried += 1;
            found.extend(wrong(&line).map(|wrong| format!("{name}: {wrong}")));
        }
    }
    assert!(tried > 150, "only {tried} commands were found");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_command_that_is_none_is_found() {
    for line in [
        "piton migration steps SLUG",
        "piton run --until ready",
        "piton completions nush",
        "piton migration step SLUG --until never",
    ] {
        assert!(wrong(line).is_some(), "{line}");
    }
    assert_eq!(wrong("piton migration step SLUG --until ready"), None);
    assert_eq!(wrong("piton completions SHELL"), None);
    assert_eq!(wrong("piton migration step"), None);
}

#[test]
fn every_setting_that_a_document_mentions_is_one() {
    let reference = reference();
    let known: BTreeSet<&str> = reference
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    let tables = [
        "agent.",
        "slot.",
        "seal.",
        "validation.",
        "runs.",
        "plans.",
        "effort.",
        "run.",
        "ci.",
        "github.",
        "traffic.",
        "models.",
    ];
    for document in all() {
        let text = std::fs::read_to_string(&document).unwrap();
        for code in text.split('`').skip(1).step_by(2) {
            let name = code.split([' ', '=']).next().unwrap_or_default();
            let is_setting = tables.iter().any(|table| name.starts_with(table))
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'-')
                && !name.contains(".std");
            if is_setting {
                let role = name.starts_with("effort.roles");
                assert!(
                    role || known.contains(name),
                    "{}: {name}",
                    document.display()
                );
            }
        }
    }
}
