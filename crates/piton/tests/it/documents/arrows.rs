//! Which rooms use which, held against what the map and the house say.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::kept::project;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn arrows_between_crates_point_down_the_map() {
    let map = read(&project("ARCHITECTURE.md"));
    let rooms: Vec<&str> = map
        .lines()
        .filter_map(|line| line.strip_prefix("| `piton"))
        .filter_map(|rest| rest.split_once("` |"))
        .map(|(name, _)| name)
        .filter(|name| name.bytes().all(|b| b == b'-' || b.is_ascii_lowercase()))
        .collect();
    assert!(rooms.len() > 12, "{rooms:?}");
    // The test kit stands beside the list, and the self-test knows nothing.
    for (at, room) in rooms
        .iter()
        .enumerate()
        .filter(|(_, it)| **it != "-testkit")
    {
        let manifest = read(&project(&format!("crates/piton{room}/Cargo.toml")));
        let (manifest, _) = manifest
            .split_once("[dev-dependencies]")
            .unwrap_or((&manifest, ""));
        for line in manifest.lines() {
            let used = line
                .strip_prefix("piton")
                .and_then(|rest| rest.split(['.', ' ']).next());
            let Some(used) = used.filter(|used| used.starts_with('-')) else {
                continue;
            };
            let below = rooms.iter().position(|other| *other == used);
            assert!(
                below > Some(at),
                "piton{room} uses piton{used}, which is no lower"
            );
        }
    }
}

/// The files that are above the commands: they name all of them.
const ABOVE: [&str; 3] = ["cli", "dispatch", "start"];

#[test]
fn no_room_uses_the_room_of_a_command_but_those_above_all_of_them() {
    let source = project("crates/piton/src");
    let mut files = Vec::new();
    files_below(&source, &mut files);
    let modules: Vec<(Vec<String>, &PathBuf)> = files
        .iter()
        .map(|file| (module(&source, file), file))
        .collect();
    let rooms: BTreeSet<&str> = modules
        .iter()
        .filter(|(module, _)| module.len() > 1 && module[0] == "commands")
        .map(|(module, _)| module[1].as_str())
        .collect();
    assert!(rooms.len() > 15, "{rooms:?}");
    let mut above = BTreeSet::new();
    for (module, file) in &modules {
        for used in commands_in(&read(file), module) {
            let own = module.first().is_some_and(|it| it == "commands")
                && module.get(1).is_some_and(|own| *own == used);
            if !rooms.contains(used.as_str()) || own {
                continue;
            }
            match module.as_slice() {
                [one] if ABOVE.contains(&one.as_str()) => above.insert(one.as_str()),
                _ => panic!("{} uses `commands::{used}`", file.display()),
            };
        }
    }
    assert_eq!(
        above,
        BTreeSet::from(ABOVE),
        "what is read no longer finds any"
    );
}

#[test]
fn a_use_of_a_command_is_found_however_it_is_written() {
    let module = ["commands", "plan", "sync"].map(str::to_owned);
    for (text, found) in [
        ("use crate::commands::run::tell;", &["run"][..]),
        (
            "use crate::commands::{run::{tell, Floor},\n    runs};",
            &["run", "runs"],
        ),
        ("crate::commands::status::run(context)", &["status"]),
        ("use super::super::runs::prune;", &["runs"]),
        (
            "use super::super::{runs, status::seen};",
            &["runs", "status"],
        ),
        ("use super::wish::Wish; // commands::run", &[]),
    ] {
        let found: BTreeSet<String> = found.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(commands_in(text, &module), found, "{text}");
    }
}

fn files_below(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// Returns the module that a file is.
fn module(source: &Path, file: &Path) -> Vec<String> {
    let path = file.strip_prefix(source).unwrap().with_extension("");
    let mut parts: Vec<String> = path
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    parts.pop_if(|last| matches!(last.as_str(), "mod" | "lib" | "main"));
    parts
}

/// Returns what a text takes out of the module of the commands.
fn commands_in(text: &str, module: &[String]) -> BTreeSet<String> {
    let plain: Vec<&str> = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let plain = plain.join(" ");
    let mut used = BTreeSet::new();
    for (at, mark) in plain.match_indices("commands::") {
        used.extend(names(&plain[at + mark.len()..]));
    }
    for (at, mark) in plain.match_indices("super::") {
        if plain[..at].ends_with("::") {
            continue;
        }
        let mut rest = &plain[at..];
        let mut from = module;
        while let (Some(further), Some((_, outer))) = (rest.strip_prefix(mark), from.split_last()) {
            (rest, from) = (further, outer);
        }
        if from == ["commands"] {
            used.extend(names(rest));
        }
    }
    used
}

/// Returns the first names of a path, or of each path of a group.
fn names(path: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        let text = text.trim_start().chars();
        text.take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = path.trim_start().strip_prefix('{') else {
        return vec![name(path)];
    };
    let (mut found, mut depth) = (vec![name(group)], 0_i32);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    found
}
