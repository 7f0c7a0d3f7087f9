//! What must be true after every kill and the command that follows.

use std::fs;
use std::path::{Path, PathBuf};

use super::field::{Field, said};
use super::scenario::Check;

/// Names of directories that are never there when nothing is under way.
const PASSING: [&str; 5] = [
    ".git/piton/git",
    ".git/piton/work/guards",
    ".git/piton/landings",
    ".git/piton/transactions",
    "migrations/__transactions__",
];

/// Returns why a check of a scenario does not hold.
pub(super) fn broken(field: &Field, check: &Check) -> Option<String> {
    let at = |path: &str| field.repository().join(path);
    let read = |path: &str| fs::read_to_string(at(path)).unwrap_or_default();
    match check {
        Check::There(path) => (!at(path).exists()).then(|| format!("{path} is not there")),
        Check::Gone(path) => at(path).exists().then(|| format!("{path} is still there")),
        Check::Empty(path) => {
            let count = fs::read_dir(at(path)).map_or(0, Iterator::count);
            (count > 0).then(|| format!("{path} holds {count} things"))
        }
        Check::Is(path, text) => (read(path) != *text)
            .then(|| format!("{path} is not what it was: {:?}", short(&read(path), 60))),
        Check::Says(path, text) => {
            (!read(path).contains(text)).then(|| format!("{path} says nothing of {text}"))
        }
        Check::Once(path, text) => {
            let told = files(&at(path))
                .iter()
                .filter(|file| fs::read_to_string(file).is_ok_and(|found| found.contains(text)))
                .count();
            (told != 1).then(|| format!("{path} says {text:?} {told} times"))
        }
        Check::CommittedOnce(subject) => {
            // Slots hold commits that were made again on top of others since.
            let log = field
                .git(&["log", "--branches", "HEAD", "--format=%s"])
                .map(|output| said(&output));
            let times = log
                .unwrap_or_default()
                .lines()
                .filter(|line| line.contains(subject))
                .count();
            (times != 1).then(|| format!("{subject} is committed {times} times"))
        }
    }
}

/// Returns what is left or broken that must never be.
pub(super) fn left(field: &Field, committed: Option<&str>) -> Vec<String> {
    let mut bad = Vec::new();
    let repository = field.repository();
    let files = files(&repository);
    let below = |path: &Path| {
        path.strip_prefix(&repository)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let mut locks = Vec::new();
    let mut scraps = Vec::new();
    for path in &files {
        let name = below(path);
        let of_piton = name.starts_with(".git/piton/");
        let of_git = name.starts_with(".git/") && !of_piton;
        if of_git && path.extension().is_some_and(|end| end == "lock") {
            locks.push(name);
        } else if !of_piton && name.contains("piton-tmp") {
            scraps.push(name);
        }
    }
    if !locks.is_empty() {
        bad.push(format!("git's locks are left: {}", locks.join(" ")));
    }
    if !scraps.is_empty() {
        bad.push(format!("scraps are left: {}", scraps.join(" ")));
    }
    for directory in PASSING {
        let entries = fs::read_dir(repository.join(directory)).map(Iterator::count);
        if entries.is_ok_and(|count| count > 0) {
            bad.push(format!("{directory} is not empty"));
        }
    }
    if let Some(directory) = committed {
        let status = field
            .git(&["status", "--porcelain", "--", directory])
            .map(|output| said(&output));
        let status = status.unwrap_or_else(|error| error.to_string());
        if !status.is_empty() {
            bad.push(format!("not committed: {}", short(&status, 120)));
        }
    }
    for args in [
        &["fsck", "--connectivity-only", "--no-dangling"][..],
        &["worktree", "list"],
        &["status"],
        &["add", "--all", "--dry-run"],
        &["add", "--all"],
    ] {
        let works = field.git(args).is_ok_and(|output| output.status.success());
        if !works {
            let told = field
                .git(args)
                .map_or_else(|error| error.to_string(), |output| said(&output));
            bad.push(format!("git {}: {}", args.join(" "), short(&told, 160)));
        }
    }
    bad
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            all.extend(files(&entry.path()));
        } else {
            all.push(entry.path());
        }
    }
    all.sort();
    all
}

/// Returns the beginning of a text on one line.
pub(super) fn short(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
