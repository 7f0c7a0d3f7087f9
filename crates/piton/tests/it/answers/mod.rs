//! Every command of the program is run with `--json`, and what it prints is
//! held against its schema in `docs/schemas`.
//!
//! Which commands there are is asked of the program's own definition: one that
//! is not run here fails its part's test.

mod events;
mod local;
mod stored;
mod traffic;
mod validator;

use std::collections::BTreeSet;
use std::path::Path;

use clap::Command;
use serde_json::Value;

use crate::env::Ran;

/// Commands that print what a shell reads, with `--json` or without.
const NO_JSON: [&str; 1] = ["completions"];

/// A part of the command line that one test goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Local,
    Stored,
    Traffic,
}

impl Part {
    fn of(command: &str) -> Self {
        match command.split(' ').next().unwrap_or_default() {
            "traffic" => Self::Traffic,
            "plan" | "exec" => Self::Stored,
            _ if matches!(command, "migration share" | "migration import") => Self::Stored,
            _ => Self::Local,
        }
    }
}

/// The answers that were seen.
#[derive(Debug, Default)]
struct Answers {
    commands: BTreeSet<String>,
}

impl Answers {
    /// Takes an answer in the envelope of all, with a result in it.
    #[track_caller]
    fn take(&mut self, ran: &Ran) -> Value {
        let _ = ran.json();
        let document = ran.document();
        let command = document["command"].as_str().unwrap_or_default().to_owned();
        assert!(!document["result"].is_null(), "{}", ran.shown());
        self.hold(&command, &document);
        document["result"].clone()
    }

    /// Holds a document against the schema of its command.
    #[track_caller]
    fn hold(&mut self, command: &str, document: &Value) {
        let name = command.replace(' ', "-");
        let wrong = validator::differences(&schema(&name), document);
        assert!(wrong.is_empty(), "{command}: {}", wrong.join("\n"));
        keep(&format!("{name}.{}", self.commands.len()), document);
        self.commands.insert(command.to_owned());
    }

    /// Requires that every command of a part was seen.
    fn complete(&self, part: Part) {
        let all: BTreeSet<String> = commands(&definition(), "")
            .into_iter()
            .filter(|command| Part::of(command) == part && !NO_JSON.contains(&command.as_str()))
            .collect();
        let missing: Vec<&String> = all.difference(&self.commands).collect();
        assert!(missing.is_empty(), "not run with --json: {missing:?}");
    }
}

/// Returns a schema of the project by its name.
#[track_caller]
fn schema(name: &str) -> Value {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas");
    let path = schemas.join(format!("{name}.schema.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Keeps a document for a validator that is not ours: scripts/check-schemas. The
/// name begins with that of its schema, and no other test uses it.
fn keep(name: &str, document: &Value) {
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("answers");
    std::fs::create_dir_all(&kept).unwrap();
    std::fs::write(kept.join(format!("{name}.json")), document.to_string()).unwrap();
}

fn definition() -> Command {
    let mut definition = piton::definition();
    definition.build();
    definition
}

/// Returns the words of every command that can be called.
fn commands(command: &Command, words: &str) -> Vec<String> {
    let mut found = Vec::new();
    for inner in command.get_subcommands() {
        if inner.get_name() == "help" || inner.is_hide_set() {
            continue;
        }
        let words = format!("{words} {}", inner.get_name()).trim().to_owned();
        found.extend(commands(inner, &words));
        if !inner.is_subcommand_required_set() {
            found.push(words);
        }
    }
    found
}
