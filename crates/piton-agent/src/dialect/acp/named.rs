//! Which paths a tool call names, as far as its text tells.

use serde_json::Value;

/// Keys whose text is a path, without case and `_`, in the tools of the
/// programs that were looked at.
const PATHS: [&str; 22] = [
    "path",
    "paths",
    "filepath",
    "file",
    "files",
    "filename",
    "abspath",
    "absolutepath",
    "cwd",
    "workdir",
    "workingdirectory",
    "directory",
    "dir",
    "dirpath",
    "destination",
    "source",
    "targetfile",
    "oldpath",
    "newpath",
    "notebookpath",
    "uri",
    "to",
];

/// Keys whose text is what a file holds, or is to hold.
const BODIES: [&str; 6] = [
    "content",
    "text",
    "newtext",
    "oldtext",
    "newstring",
    "oldstring",
];

/// What stands between the words of a command.
const BETWEEN: &str = " \t\r\n;&|<>()[]{}`'\"=,";

/// What begins another command.
const BEGINS: &str = "\n;&|(`";

/// Where programs are; naming one at the beginning of a command runs it.
const PROGRAMS: [&str; 4] = ["/bin/", "/usr/bin/", "/usr/local/bin/", "/dev/null"];

/// Collects every text under a key of a path, and every other text that is
/// written as a path which could lead anywhere.
pub(super) fn paths(value: &Value, into: &mut Vec<String>) {
    collect(value, "", into);
}

fn collect(value: &Value, key: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                collect(value, &plain(key), into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, key, into)),
        Value::String(text) => {
            let leads = !BODIES.contains(&key) && !text.contains('\n') && leads_away(text);
            if PATHS.contains(&key) || leads {
                into.push(text.clone());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Collects the paths in the commands of a call, and tells whether it has any
/// command. A command can reach what it does not name, so this stops accidents
/// and no attack; that is the seal's.
pub(super) fn commands(call: &Value, into: &mut Vec<String>) -> bool {
    let mut texts = Vec::new();
    match &call["rawInput"] {
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = plain(key);
                if PATHS.contains(&key.as_str()) {
                    collect(value, &key, into);
                } else if key != "description" {
                    strings(value, &mut texts);
                }
            }
        }
        other => strings(other, &mut texts),
    }
    if texts.is_empty() {
        strings(&call["title"], &mut texts);
    }
    for text in &texts {
        words(text, into);
    }
    !texts.is_empty()
}

/// Collects texts; those of a list are the words of one command.
fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(values) => {
            let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
            if !words.is_empty() {
                into.push(words.join(" "));
            }
        }
        Value::Object(fields) => fields.values().for_each(|value| strings(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Collects the words of a command that are paths which could lead anywhere.
fn words(command: &str, into: &mut Vec<String>) {
    let mut first = true;
    let mut rest = command;
    while !rest.is_empty() {
        let end = rest.find(|c| BETWEEN.contains(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if !word.is_empty() {
            let runs = first && PROGRAMS[..3].iter().any(|dir| word.starts_with(dir));
            if !runs && word != PROGRAMS[3] {
                parts(word, into);
            }
            first = false;
        }
        let between = after.chars().next();
        first |= between.is_some_and(|c| BEGINS.contains(c));
        rest = &after[between.map_or(0, char::len_utf8)..];
    }
}

/// Collects a word, what stands behind an option's letter, and what stands
/// behind a colon that belongs to no address.
fn parts(word: &str, into: &mut Vec<String>) {
    let option = word
        .starts_with('-')
        .then(|| word.find(['/', '~']))
        .flatten();
    let word = option.map_or(word, |at| &word[at..]);
    let mut start = 0;
    for (at, _) in word.match_indices(':') {
        if word[at..].starts_with("://") {
            return;
        }
        into.extend(
            Some(&word[start..at])
                .filter(|part| leads_away(part))
                .map(|part| (*part).to_owned()),
        );
        start = at + 1;
    }
    let last = &word[start..];
    if leads_away(last) {
        into.push(last.to_owned());
    }
}

/// Whether a text is written as a path that does not stay below where it begins.
fn leads_away(text: &str) -> bool {
    text.starts_with(['/', '~'])
        || text.starts_with("file:")
        || text.contains("$HOME")
        || text.contains("${HOME")
        || text.split('/').any(|part| part == "..")
}

fn plain(key: &str) -> String {
    key.chars()
        .filter(|c| *c != '_' && *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect()
}
