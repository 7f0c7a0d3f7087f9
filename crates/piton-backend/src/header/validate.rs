//! Whether the values of a header are what its fields want.

use thiserror::Error;

use super::field::{Field, Rule};
use crate::yaml::{Kind, Scalar, Value};

/// What is wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("Missing required fields: {}", .0.join(", "))]
    Missing(Vec<&'static str>),
    #[error("Invalid schema_version '{0}'. Must be '2'")]
    SchemaVersion(String),
    #[error("{0}")]
    Value(String),
}

impl Problem {
    /// Returns whether the header cannot be changed before this is repaired. A
    /// bad value of one field does not keep another from being set.
    pub(crate) const fn blocks_updates(&self) -> bool {
        match self {
            Self::Missing(_) | Self::SchemaVersion(_) => true,
            Self::Value(_) => false,
        }
    }
}

/// Returns what is wrong with the fields of a header. Fields that nobody knows
/// are kept and are no problem.
pub fn validate(header: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let missing: Vec<&'static str> = ["created_at", "created_by", "schema_version"]
        .into_iter()
        .filter(|name| header.get(name).is_none())
        .collect();
    if !missing.is_empty() {
        problems.push(Problem::Missing(missing));
    }
    if let Some(version) = header.get("schema_version")
        && as_text(version) != Some("2")
    {
        problems.push(Problem::SchemaVersion(shown(version)));
    }
    if let Value::Map(entries) = header {
        for (key, value) in entries {
            if let Some(field) = key.as_text().and_then(Field::named)
                && let Err(problem) = check(field, value)
            {
                problems.push(Problem::Value(problem));
            }
        }
    }
    problems
}

/// Returns a scalar as the text that its writer wrote: a time without quotes is
/// read as text.
pub(super) fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::Scalar(Scalar {
            kind: Kind::Null, ..
        })
        | Value::List(_)
        | Value::Map(_) => None,
        Value::Scalar(scalar) => Some(&scalar.text),
    }
}

fn shown(value: &Value) -> String {
    as_text(value).map_or_else(|| value.to_json().to_string(), str::to_owned)
}

/// Checks the value that a header has for a field. A time, a number or a truth
/// that stands without quotes where a text belongs is taken as it is written.
pub(super) fn check(field: Field, value: &Value) -> Result<(), String> {
    let name = field.name();
    let words = |least: usize| match as_text(value) {
        None => Err(format!("{name} must be a string or null")),
        Some(text) if text.chars().count() < least => {
            Err(format!("{name} must not be empty when provided"))
        }
        Some(text) => Ok(text),
    };
    match field.rule() {
        Rule::Immutable => match as_text(value) {
            None => Err(format!("{name} must be a string")),
            Some("") => Err(format!("{name} must not be empty")),
            Some(_) => Ok(()),
        },
        _ if value.is_null() => Ok(()),
        Rule::Text => words(0).map(drop),
        Rule::Filled => words(1).map(drop),
        Rule::Repository => {
            if words(1)?.contains('/') {
                Ok(())
            } else {
                Err(format!("{name} must be in 'owner/repo' format"))
            }
        }
        Rule::OneOf(allowed) => one_of(name, allowed, words(0)?),
        Rule::Positive => whole(name, value, 1, "positive"),
        Rule::Count => whole(name, value, 0, "non-negative"),
        Rule::Texts => list(name, value, "strings", |item| as_text(item).is_some()),
        Rule::Numbers => list(name, value, "integers", |item| {
            whole(name, item, i128::MIN, "whole").is_ok()
        }),
        Rule::Mapping => match value {
            Value::Map(_) => Ok(()),
            Value::Scalar(_) | Value::List(_) => Err(format!("{name} must be a mapping or null")),
        },
    }
}

fn one_of(name: &str, allowed: &[&str], text: &str) -> Result<(), String> {
    if allowed.contains(&text) {
        return Ok(());
    }
    Err(match allowed {
        [first, second] => format!("{name} must be '{first}' or '{second}', got '{text}'"),
        _ => format!(
            "{name} must be one of: {}. Got '{text}'",
            allowed.join(", ")
        ),
    })
}

fn whole(name: &str, value: &Value, least: i128, what: &str) -> Result<(), String> {
    match value {
        Value::Scalar(Scalar {
            kind: Kind::Int(number),
            ..
        }) => match number {
            Some(number) if *number < least => Err(format!("{name} must be {what} when provided")),
            Some(_) | None => Ok(()),
        },
        Value::Scalar(_) | Value::List(_) | Value::Map(_) => {
            Err(format!("{name} must be an integer or null"))
        }
    }
}

fn list(name: &str, value: &Value, of: &str, fits: impl Fn(&Value) -> bool) -> Result<(), String> {
    match value {
        Value::List(items) if items.iter().all(fits) => Ok(()),
        Value::List(_) | Value::Scalar(_) | Value::Map(_) => {
            Err(format!("{name} must be a list of {of} or null"))
        }
    }
}
