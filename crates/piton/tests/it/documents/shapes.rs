//! The shapes of answers, read from `answers.txt`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

/// What a value may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Integer,
    Number,
    YesNo,
    Object,
    Any,
    Null,
    Word(String),
    Named(String),
    ListOf(Box<Shape>),
    MapOf(Box<Shape>),
    OneOf(Vec<Shape>),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Each field, and whether it may be missing.
    pub(super) fields: BTreeMap<String, (Shape, bool)>,
    pub(super) takes: Vec<String>,
    pub(super) open: bool,
}

/// Returns every command and type by its name.
pub(super) fn all() -> &'static BTreeMap<String, Record> {
    static ALL: OnceLock<BTreeMap<String, Record>> = OnceLock::new();
    ALL.get_or_init(|| read(include_str!("answers.txt")))
}

fn read(text: &str) -> BTreeMap<String, Record> {
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    let mut name = String::new();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(line) = line.strip_prefix("  ") else {
            line.clone_into(&mut name);
            assert!(
                records.insert(name.clone(), Record::default()).is_none(),
                "{name} is there twice"
            );
            continue;
        };
        let record = records.get_mut(&name).expect("a name comes first");
        if line == "..." {
            record.open = true;
        } else if let Some(other) = line.strip_prefix("+ ") {
            record.takes.push(other.to_owned());
        } else {
            let (field, shape) = line.split_once(": ").expect("a field has a type");
            let optional = field.ends_with('?');
            let field = field.trim_end_matches('?').to_owned();
            record.fields.insert(field, (shape_of(shape), optional));
        }
    }
    records
}

fn shape_of(text: &str) -> Shape {
    let parts: Vec<&str> = text.split(" | ").collect();
    if parts.len() > 1 {
        return Shape::OneOf(parts.into_iter().map(shape_of).collect());
    }
    let boxed = |rest: &str| Box::new(shape_of(rest));
    match text {
        "text" => Shape::Text,
        "integer" => Shape::Integer,
        "number" => Shape::Number,
        "yes-no" => Shape::YesNo,
        "object" => Shape::Object,
        "any" => Shape::Any,
        "null" => Shape::Null,
        _ => {
            if let Some(rest) = text.strip_prefix("list of ") {
                Shape::ListOf(boxed(rest))
            } else if let Some(rest) = text.strip_prefix("map of ") {
                Shape::MapOf(boxed(rest))
            } else if let Some(word) = text.strip_prefix('"') {
                Shape::Word(word.trim_end_matches('"').to_owned())
            } else {
                assert!(text.starts_with(char::is_uppercase), "{text} is no type");
                Shape::Named(text.to_owned())
            }
        }
    }
}

/// Returns all fields of a record, those that it takes over included.
pub(super) fn fields(name: &str) -> (BTreeMap<String, (Shape, bool)>, bool) {
    let record = all()
        .get(name)
        .unwrap_or_else(|| panic!("{name} is not in answers.txt"));
    let (mut found, mut open) = (BTreeMap::new(), record.open);
    for other in &record.takes {
        let (theirs, theirs_open) = fields(other);
        found.extend(theirs);
        open |= theirs_open;
    }
    found.extend(record.fields.clone());
    (found, open)
}

/// Returns where a value is not as it is described.
pub(super) fn differences(at: &str, value: &Value, shape: &Shape) -> Vec<String> {
    let fits = match shape {
        Shape::Text => value.is_string(),
        Shape::Integer => value.is_i64() || value.is_u64(),
        Shape::Number => value.is_number(),
        Shape::YesNo => value.is_boolean(),
        Shape::Object => value.is_object(),
        Shape::Any => true,
        Shape::Null => value.is_null(),
        Shape::Word(word) => value == word,
        Shape::Named(name) => return record_differences(at, value, name),
        Shape::ListOf(inner) => {
            let Some(list) = value.as_array() else {
                return vec![format!("{at} is not a list: {value}")];
            };
            return list
                .iter()
                .enumerate()
                .flat_map(|(number, value)| differences(&format!("{at}[{number}]"), value, inner))
                .collect();
        }
        Shape::MapOf(inner) => {
            let Some(map) = value.as_object() else {
                return vec![format!("{at} is no map: {value}")];
            };
            return map
                .iter()
                .flat_map(|(key, value)| differences(&format!("{at}.{key}"), value, inner))
                .collect();
        }
        Shape::OneOf(shapes) => {
            let all: Vec<Vec<String>> = shapes
                .iter()
                .map(|shape| differences(at, value, shape))
                .collect();
            if all.iter().any(Vec::is_empty) {
                return Vec::new();
            }
            // What is wrong within the one that it nearly is says the most.
            let nearest = all
                .into_iter()
                .find(|found| !found[0].starts_with(&format!("{at} is ")));
            return nearest.unwrap_or_else(|| vec![format!("{at} is none of {shapes:?}: {value}")]);
        }
    };
    if fits {
        Vec::new()
    } else {
        vec![format!("{at} is no {shape:?}: {value}")]
    }
}

pub(super) fn record_differences(at: &str, value: &Value, name: &str) -> Vec<String> {
    let Some(object) = value.as_object() else {
        return vec![format!("{at} is not an object: {value}")];
    };
    let (fields, open) = fields(name);
    let mut found = Vec::new();
    for (field, value) in object {
        match fields.get(field) {
            Some((shape, _)) => found.extend(differences(&format!("{at}.{field}"), value, shape)),
            None if open => {}
            None => found.push(format!("{at}.{field} is described nowhere: {value}")),
        }
    }
    for (field, (_, optional)) in &fields {
        if !optional && !object.contains_key(field) {
            found.push(format!("{at} lacks {field}"));
        }
    }
    found
}

#[test]
fn a_value_that_is_not_as_described_is_found() {
    let check = |value: Value| record_differences("it", &value, "LastDay");
    let good =
        serde_json::json!({"runs": 1, "failed": 0, "commits": 0, "tokens": null, "cost_usd": 0.5});
    assert_eq!(check(good.clone()), [""; 0]);
    let mut wrong = good.clone();
    wrong["runs"] = "one".into();
    assert_eq!(check(wrong).len(), 1);
    let mut more = good.clone();
    more["more"] = 1.into();
    assert_eq!(check(more), ["it.more is described nowhere: 1"]);
    let mut less = good;
    less.as_object_mut().unwrap().remove("failed");
    assert_eq!(check(less), ["it lacks failed"]);
}
