//! Reading a JSON file that people edit.

use crate::ordered::{Json, Object};

/// A file that cannot be taken as settings. It is left as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("line {line}, column {column}: {why}")]
    NotJson {
        line: usize,
        column: usize,
        why: String,
    },
    #[error("it is not a JSON object")]
    NotAnObject,
    #[error("`{field}` must be {expected}, not {found}")]
    Field {
        field: String,
        expected: &'static str,
        found: String,
    },
}

pub(super) fn parse(bytes: &[u8]) -> Result<Object, SettingsError> {
    let json = Json::parse(bytes).map_err(|error| {
        let text = error.to_string();
        let why = text
            .rsplit_once(" at line")
            .map_or(text.as_str(), |(why, _)| why);
        SettingsError::NotJson {
            line: error.line(),
            column: error.column(),
            why: why.to_owned(),
        }
    })?;
    match json {
        Json::Object(object) => Ok(object),
        _ => Err(SettingsError::NotAnObject),
    }
}

/// Returns a text that is set; one that is empty counts as absent.
pub(super) fn text(object: &Object, field: &str) -> Result<Option<String>, SettingsError> {
    let other = field.replace('_', "-");
    match object.get(field).or_else(|| object.get(&other)) {
        None | Some(Json::Null | Json::Bool(false)) => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(str::to_owned)),
        Some(value) => Err(SettingsError::Field {
            field: field.to_owned(),
            expected: "text",
            found: value.pretty(),
        }),
    }
}

/// Two spaces deep, with a line end at the end.
pub(super) fn written(object: &Object) -> String {
    format!("{}\n", Json::from(object.clone()).pretty())
}
