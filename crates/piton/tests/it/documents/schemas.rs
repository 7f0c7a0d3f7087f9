//! `docs/schemas`: a JSON Schema for the answer of every command, and for the
//! lines of `--events`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::kept::{keep, project};
use super::reference::reference;
use super::shapes::{Shape, all, fields, record_differences};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Requires that the result of a command is as it is described.
pub(crate) fn check(command: &str, result: &Value) {
    let found = record_differences("result", result, command);
    assert!(
        found.is_empty(),
        "`piton {command} --json` is not as tests/it/documents/answers.txt says:\n{}",
        found.join("\n")
    );
}

fn schema(shape: &Shape, used: &mut BTreeSet<String>) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Integer => json!({ "type": "integer" }),
        Shape::Number => json!({ "type": "number" }),
        Shape::YesNo => json!({ "type": "boolean" }),
        Shape::Object => json!({ "type": "object" }),
        Shape::Any => json!(true),
        Shape::Null => json!({ "type": "null" }),
        Shape::Word(word) => json!({ "const": word }),
        Shape::Named(name) => {
            used.insert(name.clone());
            json!({ "$ref": format!("#/$defs/{name}") })
        }
        Shape::ListOf(inner) => json!({ "type": "array", "items": schema(inner, used) }),
        Shape::MapOf(inner) => {
            json!({ "type": "object", "additionalProperties": schema(inner, used) })
        }
        Shape::OneOf(shapes) => {
            let words: Option<Vec<&str>> = shapes
                .iter()
                .map(|shape| match shape {
                    Shape::Word(word) => Some(word.as_str()),
                    _ => None,
                })
                .collect();
            if let Some(words) = words {
                return json!({ "enum": words });
            }
            let shapes: Vec<Value> = shapes.iter().map(|shape| schema(shape, used)).collect();
            json!({ "anyOf": shapes })
        }
    }
}

fn record(name: &str, used: &mut BTreeSet<String>) -> Value {
    let (fields, _) = fields(name);
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (field, (shape, optional)) in &fields {
        properties.insert(field.clone(), schema(shape, used));
        if !optional {
            required.push(field.clone());
        }
    }
    let mut record = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        record["required"] = json!(required);
    }
    record
}

/// Returns the schema of the whole document that a command prints.
fn document(command: &str) -> Value {
    let mut used = BTreeSet::new();
    let result = record(command, &mut used);
    let bare = command.starts_with("exec ");
    let mut document = if bare {
        // The shape that callers know from erk; with --dry-run and
        // --json it is the envelope of a plan.
        let mut rehearsed = enveloped(command, &record("Plan", &mut used));
        for word in ["$schema", "title"] {
            rehearsed
                .as_object_mut()
                .and_then(|object| object.remove(word));
        }
        json!({ "$schema": DRAFT, "title": format!("piton {command}"), "anyOf": [result, rehearsed] })
    } else {
        enveloped(command, &result)
    };
    let mut defs = Map::new();
    while let Some(name) = used.iter().find(|name| !defs.contains_key(*name)).cloned() {
        let made = record(&name, &mut used);
        defs.insert(name, made);
    }
    if !defs.is_empty() {
        document["$defs"] = Value::Object(defs);
    }
    document
}

/// Returns the schema of the envelope around a result.
fn enveloped(command: &str, result: &Value) -> Value {
    json!({
        "$schema": DRAFT,
        "title": format!("piton {command} --json"),
        "type": "object",
        "required": ["format", "command", "exit", "result"],
        "properties": {
            "format": { "const": "piton/1" },
            "command": { "const": command },
            "exit": { "type": "integer" },
            "result": { "anyOf": [result, { "type": "null" }] },
            "error": {
                "type": "object",
                "required": ["kind", "message"],
                "properties": {
                    "kind": { "type": "string" },
                    "message": { "type": "string" },
                    "causes": { "type": "array", "items": { "type": "string" } },
                    "hints": { "type": "array", "items": { "type": "string" } },
                    "argument": { "type": "string" },
                    "suggestion": { "type": "string" },
                    "action": { "type": "string" },
                    "until": { "type": ["string", "null"] }
                }
            }
        }
    })
}

/// Returns the schema of one line of events. What is of a kind that is not
/// known has the fields that all have, and may have more.
fn events() -> Value {
    let mut used = BTreeSet::new();
    let mut defs = Map::new();
    let mut cases = Vec::new();
    for name in super::events::kinds() {
        let made = record(&format!("Event {name}"), &mut used);
        defs.insert(name.to_owned(), made);
        cases.push(json!({
            "if": { "properties": { "event": { "const": name } } },
            "then": { "$ref": format!("#/$defs/{name}") }
        }));
    }
    while let Some(name) = used.iter().find(|name| !defs.contains_key(*name)).cloned() {
        let made = record(&name, &mut used);
        defs.insert(name, made);
    }
    let mut line = record("Line", &mut used);
    line["$schema"] = json!(DRAFT);
    line["title"] = json!("a line of piton --events FILE, and of events.jsonl in a run's record");
    line["allOf"] = json!(cases);
    line["$defs"] = json!(defs);
    line
}

fn commands() -> impl Iterator<Item = &'static String> {
    all()
        .keys()
        .filter(|name| name.starts_with(char::is_lowercase))
}

#[test]
fn the_schemas_say_what_the_answers_are() {
    keep(
        "docs/schemas/events.schema.json",
        &format!("{:#}\n", events()),
    );
    let mut there = BTreeSet::from(["events.schema.json".to_owned()]);
    for command in commands() {
        let name = format!("{}.schema.json", command.replace(' ', "-"));
        keep(
            &format!("docs/schemas/{name}"),
            &format!("{:#}\n", document(command)),
        );
        there.insert(name);
    }
    for entry in std::fs::read_dir(project("docs/schemas")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(there.contains(&name), "docs/schemas/{name} is no command's");
    }
}

#[test]
fn every_command_that_answers_has_a_schema() {
    // It prints what a shell reads.
    let others = ["completions"];
    let known: BTreeSet<&str> = commands().map(String::as_str).collect();
    let reference = reference();
    let names = reference
        .lines()
        .filter_map(|line| line.strip_prefix("### piton "));
    for name in names {
        let other = others.iter().any(|other| name.starts_with(other));
        assert!(
            other || known.contains(name),
            "answers.txt lacks `piton {name}`"
        );
    }
}
