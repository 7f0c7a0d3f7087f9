//! The parts of a recording, each named where it is not what it should be.

use crate::ordered::{Json, Object};

/// Why a text is no recording.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRecording {
    #[error("it is not JSON")]
    NotJson(#[source] serde_json::Error),
    #[error("`{field}` {why}")]
    Field { field: String, why: &'static str },
}

pub(super) fn field(field: impl Into<String>, why: &'static str) -> InvalidRecording {
    InvalidRecording::Field {
        field: field.into(),
        why,
    }
}

/// Takes an object, or nothing.
pub(super) fn objects<'o>(
    of: &'o Object,
    name: &str,
) -> Result<Option<&'o Object>, InvalidRecording> {
    match of.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Object(object)) => Ok(Some(object)),
        Some(_) => Err(field(name, "is not an object")),
    }
}
