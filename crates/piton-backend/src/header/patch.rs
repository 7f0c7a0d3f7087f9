//! What a caller wants to change in a header, checked field by field.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;
use thiserror::Error;

use super::field::{Field, Rule};
use super::validate::check;
use crate::yaml::{Kind, Value};

/// New values for fields, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    sets: Vec<(Field, Value)>,
    ignored: Vec<Ignored>,
}

/// A field that a patch named and that nothing can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored(pub Field);

/// Why a patch cannot be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatchError {
    #[error("the patch is not a JSON object: {0}")]
    Json(String),
    #[error("Unknown fields: {}", .0.join(", "))]
    Unknown(Vec<String>),
    #[error("{0}")]
    Value(String),
}

impl Patch {
    /// Checks the fields of a patch.
    pub fn new(entries: Vec<(String, Json)>) -> Result<Self, PatchError> {
        let mut patch = Self::default();
        let mut unknown = Vec::new();
        for (name, value) in entries {
            match Field::named(&name) {
                None => unknown.push(name),
                Some(field) if field.is_immutable() => patch.ignored.push(Ignored(field)),
                Some(field) => patch.set(field, checked(field, value)?),
            }
        }
        if unknown.is_empty() {
            return Ok(patch);
        }
        unknown.sort();
        Err(PatchError::Unknown(unknown))
    }

    /// Reads a patch from an object in JSON.
    pub fn from_json(text: &str) -> Result<Self, PatchError> {
        let Entries(entries) =
            serde_json::from_str(text).map_err(|error| PatchError::Json(error.to_string()))?;
        Self::new(entries)
    }

    fn set(&mut self, field: Field, value: Value) {
        match self.sets.iter_mut().find(|(own, _)| *own == field) {
            Some(set) => set.1 = value,
            None => self.sets.push((field, value)),
        }
    }

    /// Returns the fields to set and their values.
    pub fn sets(&self) -> &[(Field, Value)] {
        &self.sets
    }

    /// Returns the fields that were named and cannot be changed.
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// Returns whether the patch changes nothing whatever the header holds.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Returns this patch with the fields of another one, which win.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        for (field, value) in other.sets {
            self.set(field, value);
        }
        self.ignored.extend(other.ignored);
        self
    }
}

/// Turns a value of a patch into one of a header.
fn checked(field: Field, value: Json) -> Result<Value, PatchError> {
    let name = field.name();
    let wrong = |problem: String| Err(PatchError::Value(problem));
    let valid = |value| match check(field, &value) {
        Ok(()) => Ok(value),
        Err(problem) => Err(PatchError::Value(problem)),
    };
    match (field.rule(), value) {
        (_, Json::Null) => Ok(Value::null()),
        (Rule::Immutable, _) => wrong(format!("{name} is set once")),
        (Rule::Text | Rule::Filled | Rule::Repository | Rule::OneOf(_), value) => {
            let text = match value {
                Json::String(text) => text,
                Json::Number(number) if field.digits_are_text() && !number.is_f64() => {
                    number.to_string()
                }
                _ => return wrong(format!("{name} must be a string or null")),
            };
            valid(Value::text(text))
        }
        (Rule::Positive | Rule::Count, value) => match value.as_u64() {
            Some(number) => valid(Value::int(number)),
            None if value.as_i64().is_some() => {
                wrong(format!("{name} must be positive when provided"))
            }
            None => wrong(format!("{name} must be an integer or null")),
        },
        (Rule::Texts, value) => list(&value, |item| item.as_str().map(Value::text))
            .ok_or_else(|| PatchError::Value(format!("{name} must be a list of strings or null"))),
        (Rule::Numbers, value) => list(&value, |item| item.as_u64().map(Value::int))
            .ok_or_else(|| PatchError::Value(format!("{name} must be a list of integers or null"))),
        (Rule::Mapping, value @ Json::Object(_)) => Ok(from_json(value)),
        (Rule::Mapping, _) => wrong(format!("{name} must be a mapping or null")),
    }
}

fn list(value: &Json, item: impl Fn(&Json) -> Option<Value>) -> Option<Value> {
    let items = value.as_array()?.iter().map(item);
    items.collect::<Option<_>>().map(Value::List)
}

/// Returns a value of JSON as one of a header.
fn from_json(value: Json) -> Value {
    match value {
        Json::Null => Value::null(),
        Json::Bool(truth) => Value::bool(truth),
        Json::Number(number) => {
            let whole = number.as_i64().map(i128::from);
            let kind = whole.map_or(Kind::Float, |whole| Kind::Int(Some(whole)));
            Value::of(kind, number.to_string())
        }
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| (Value::text(key), from_json(value)))
                .collect(),
        ),
    }
}

/// The entries of an object, in their order.
struct Entries(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of fields and their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
