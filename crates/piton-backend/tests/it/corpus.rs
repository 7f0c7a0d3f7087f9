//! What real texts hold, as erk read it, against what we read.

use std::fs;
use std::path::{Path, PathBuf};

use piton_backend::block::{find_blocks, read_yaml};
use piton_backend::header::{Edited, Patch, apply_patch, find_header, validate};
use piton_backend::text::{footer, plan_in_body, plan_in_comment};
use piton_backend::yaml::{Kind, Scalar, Value};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::differences;

/// Returns the folder of reference data, or says that it is not here.
pub(crate) fn corpus() -> Option<PathBuf> {
    let dir = piton_testkit::shared_dir().map(|dir| dir.join("corpus/plan-backend"));
    if dir.is_none() {
        println!("skipped: the reference data is not here");
    }
    dir
}

#[derive(Deserialize)]
struct Record {
    id: String,
    text: Option<String>,
    file: Option<String>,
    head: Recorded,
}

#[derive(Deserialize)]
struct Recorded {
    raw_blocks: Vec<RawBlock>,
    yaml_blocks: Vec<YamlBlock>,
    yaml_errors: Vec<YamlError>,
    plan_header_found: bool,
    plan_header_error: Option<String>,
    plan_from_comment_len: Option<usize>,
    pr_plan_content_len: usize,
    pr_plan_content_is_whole_body: bool,
    footer_len: Option<usize>,
}

#[derive(Deserialize)]
struct RawBlock {
    key: String,
    body_len: usize,
}

#[derive(Deserialize)]
struct YamlBlock {
    key: String,
    data: Json,
}

#[derive(Deserialize)]
struct YamlError {
    key: String,
    error: String,
}

/// Reads lines of JSON. Half surrogates cannot stand in a text; such lines are
/// passed over.
fn records<T: for<'de> Deserialize<'de>>(path: &Path) -> Vec<T> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn texts() -> Option<Vec<(Record, String)>> {
    let dir = corpus()?;
    let mut all = Vec::new();
    for name in [
        "expected.jsonl",
        "expected-edge.jsonl",
        "expected-doc-examples.jsonl",
    ] {
        for record in records::<Record>(&dir.join(name)) {
            let text = match (&record.text, &record.file) {
                (Some(text), _) => text.clone(),
                (None, Some(file)) => fs::read_to_string(dir.join(file)).unwrap(),
                (None, None) => panic!("{} has no text", record.id),
            };
            all.push((record, text));
        }
    }
    Some(all)
}

/// What the reference writes for values that JSON does not have.
fn as_recorded(value: &Value) -> Json {
    match value {
        Value::Scalar(Scalar {
            kind: Kind::Date,
            text,
        }) => json!({ "$date": text }),
        Value::Scalar(Scalar {
            kind: Kind::Timestamp,
            text,
        }) => json!({ "$datetime": text.replace(' ', "T").replace('Z', "+00:00") }),
        Value::Scalar(Scalar {
            kind: Kind::Float,
            text,
        }) if text.eq_ignore_ascii_case(".nan") => json!({ "$float": "nan" }),
        Value::Scalar(Scalar {
            kind: Kind::Binary(bytes),
            ..
        }) => {
            let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
            json!({ "$binary": hex.concat() })
        }
        Value::Scalar(_) => value.to_json(),
        Value::List(items) => Json::Array(items.iter().map(as_recorded).collect()),
        Value::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(key, value)| (key.key_text(), as_recorded(value)))
                .collect(),
        ),
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

#[test]
fn every_text_has_the_blocks_that_were_recorded_of_it() {
    let Some(texts) = texts() else { return };
    let mut wrong = Vec::new();
    for (record, text) in &texts {
        let blocks = find_blocks(text);
        let found: Vec<(String, usize)> = blocks
            .iter()
            .map(|block| (block.key.clone(), chars(text[block.content.clone()].trim())))
            .collect();
        let expected: Vec<(String, usize)> = record
            .head
            .raw_blocks
            .iter()
            .map(|block| (block.key.clone(), block.body_len))
            .collect();
        if found != expected {
            wrong.push((
                record.id.clone(),
                format!("blocks {found:?}, recorded {expected:?}"),
            ));
        }
        let mut read = Vec::new();
        let mut errors = Vec::new();
        for block in &blocks {
            match read_yaml(text, block) {
                Ok(body) => read.push((block.key.clone(), as_recorded(&body.document.value))),
                Err(error) => errors.push((block.key.clone(), error.message)),
            }
        }
        let expected: Vec<(String, Json)> = record
            .head
            .yaml_blocks
            .iter()
            .map(|block| (block.key.clone(), block.data.clone()))
            .collect();
        if read != expected {
            wrong.push((
                record.id.clone(),
                format!("values {read:?}, recorded {expected:?}"),
            ));
        }
        let short = |message: &str| message.split(':').next().unwrap_or_default().to_owned();
        let errors: Vec<(String, String)> = errors
            .into_iter()
            .map(|(key, message)| (key, short(&message)))
            .collect();
        let expected: Vec<(String, String)> = record
            .head
            .yaml_errors
            .iter()
            .map(|error| (error.key.clone(), short(&error.error)))
            .collect();
        if errors != expected {
            wrong.push((
                record.id.clone(),
                format!("errors {errors:?}, recorded {expected:?}"),
            ));
        }
    }
    differences::check(texts.len(), &wrong, differences::BLOCKS);
}

#[test]
fn every_text_has_the_header_that_was_recorded_of_it() {
    let Some(texts) = texts() else { return };
    let mut wrong = Vec::new();
    for (record, text) in &texts {
        let header = find_header(text);
        if header.is_ok() != record.head.plan_header_found {
            wrong.push((
                record.id.clone(),
                format!(
                    "header {:?}, recorded {}",
                    header.as_ref().err(),
                    record.head.plan_header_found
                ),
            ));
            continue;
        }
        let Ok(header) = header else { continue };
        let first = record
            .head
            .yaml_blocks
            .iter()
            .find(|block| block.key == "plan-header");
        let found = as_recorded(header.fields());
        if first.is_none_or(|first| first.data != found) {
            wrong.push((
                record.id.clone(),
                format!(
                    "header {found}, recorded {:?}",
                    first.map(|f| f.data.to_string())
                ),
            ));
        }
        let problems: Vec<String> = validate(header.fields())
            .iter()
            .map(ToString::to_string)
            .collect();
        if record.head.plan_header_error.as_deref() != problems.first().map(String::as_str) {
            wrong.push((
                record.id.clone(),
                format!(
                    "problems {problems:?}, recorded {:?}",
                    record.head.plan_header_error
                ),
            ));
        }
    }
    differences::check(texts.len(), &wrong, differences::HEADERS);
}

#[test]
fn every_text_has_the_plan_that_was_recorded_of_it() {
    let Some(texts) = texts() else { return };
    let mut wrong = Vec::new();
    for (record, text) in &texts {
        let found = plan_in_comment(text).map(|plan| chars(&plan));
        if found != record.head.plan_from_comment_len {
            wrong.push((
                record.id.clone(),
                format!(
                    "comment {found:?}, recorded {:?}",
                    record.head.plan_from_comment_len
                ),
            ));
        }
        let found = plan_in_body(text).place().map(|place| chars(&text[place]));
        let expected =
            (!record.head.pr_plan_content_is_whole_body).then_some(record.head.pr_plan_content_len);
        if found != expected {
            wrong.push((
                record.id.clone(),
                format!("body {found:?}, recorded {expected:?}"),
            ));
        }
        if footer(text).map(chars) != record.head.footer_len {
            wrong.push((
                record.id.clone(),
                format!(
                    "footer {:?}, recorded {:?}",
                    footer(text).map(chars),
                    record.head.footer_len
                ),
            ));
        }
    }
    differences::check(texts.len(), &wrong, differences::PLANS);
}

#[derive(Deserialize)]
struct Update {
    id: String,
    body: String,
    patch: Json,
    head: Json,
}

#[derive(Deserialize)]
struct UpdatePatch {
    patch: Box<serde_json::value::RawValue>,
}

#[test]
fn every_patch_has_the_result_that_was_recorded_of_it() {
    let Some(dir) = corpus() else { return };
    let path = dir.join("expected-updates.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for line in text.lines() {
        let update: Update = serde_json::from_str(line).unwrap();
        let raw: UpdatePatch = serde_json::from_str(line).unwrap();
        tried += 1;
        let found = match Patch::from_json(raw.patch.get()) {
            Err(error) => Err(error.to_string()),
            Ok(patch) => match apply_patch(&update.body, &patch) {
                Ok(Edited::Same) => Ok(update.body.clone()),
                Ok(Edited::Changed { text, .. }) => Ok(text),
                Err(error) => Err(error.to_string()),
            },
        };
        let expected = update.head.get("body").and_then(Json::as_str);
        match (&found, expected) {
            (Ok(found), Some(expected)) if found == expected => {}
            (Ok(found), Some(expected)) => wrong.push((
                update.id,
                format!("{} gives\n{found}\n--- recorded\n{expected}", update.patch),
            )),
            (Ok(found), None) => wrong.push((
                update.id,
                format!(
                    "{} gives\n{found}\n--- recorded {}",
                    update.patch, update.head
                ),
            )),
            (Err(error), Some(expected)) => wrong.push((
                update.id,
                format!("{} gives {error}\n--- recorded\n{expected}", update.patch),
            )),
            (Err(error), None) => {
                let recorded = update.head["error"].as_str().unwrap_or_default();
                let known = ["plan-header block not found", "broken"];
                assert!(
                    error == recorded || known.iter().any(|words| error.contains(words)),
                    "{}: {error}, recorded {recorded}",
                    update.id
                );
            }
        }
    }
    differences::check(tried, &wrong, differences::UPDATES);
}
