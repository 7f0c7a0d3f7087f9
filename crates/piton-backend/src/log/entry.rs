//! One change of a header, as its writer recorded it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::header::{Field, Header, Patch};
use crate::yaml::Value;

/// What one call set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Tells entries apart: the same change sent again has the same key.
    #[serde(rename = "k")]
    pub key: String,
    /// When, by the clock of the forge.
    pub at: Timestamp,
    #[serde(rename = "s")]
    pub sets: Vec<Set>,
}

/// A field, the value that was replaced, and the new one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Set(pub String, pub Json, pub Json);

impl Entry {
    /// Records a patch upon a header. None if it sets nothing.
    pub fn of(patch: &Patch, header: &Header, key: String, at: Timestamp) -> Option<Self> {
        let sets: Vec<Set> = patch
            .sets()
            .iter()
            .map(|(field, value)| {
                let old = header.get(*field).map_or(Json::Null, recorded);
                Set(field.name().to_owned(), old, recorded(value))
            })
            .collect();
        (!sets.is_empty()).then_some(Self { key, at, sets })
    }

    /// Returns what the entry sets a field to.
    pub(crate) fn value(&self, field: Field) -> Option<&Json> {
        self.sets
            .iter()
            .rev()
            .find(|Set(name, _, _)| name == field.name())
            .map(|Set(_, _, new)| new)
    }
}

/// Returns a value so that equal ones are equal however they are written:
/// scalars by their text.
pub fn recorded(value: &Value) -> Json {
    match value {
        Value::Scalar(scalar) if !value.is_null() => match value.to_json() {
            number @ Json::Number(_) => number,
            _ => Json::String(scalar.text.clone()),
        },
        _ => value.to_json(),
    }
}
