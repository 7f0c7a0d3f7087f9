//! Files of targets: one JSON object a line.

use piton_base::Effort;
use piton_migration::own::TargetProvenance;
use serde_json::{Map, Value};

use super::Target;

/// A line that names no target; it is passed over and told of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    #[error("it is not a JSON object with `description` and `files`")]
    NotAnObject,
    #[error("`{field}` is missing or is not {wanted}")]
    Field {
        field: &'static str,
        wanted: &'static str,
    },
    #[error("`effort-override` is not a tier; allowed are low, medium, high and xhigh")]
    Effort,
}

/// What a file of targets holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetFile {
    pub targets: Vec<Target>,
    /// Lines that were passed over: their number, from 1, and why.
    pub passed_over: Vec<(usize, LineError)>,
}

/// Reads a whole file. Empty lines are no lines.
pub fn read_file(text: &str) -> TargetFile {
    let mut file = TargetFile::default();
    // Some editors put it in front of what they store as UTF-8.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let value = serde_json::from_str(line).unwrap_or(Value::Null);
        match read(&value) {
            Ok(target) => file.targets.push(target),
            Err(error) => file.passed_over.push((number, error)),
        }
    }
    file
}

/// Reads one line. Keys that nobody knows are passed over.
pub fn read(line: &Value) -> Result<Target, LineError> {
    let fields = line.as_object().ok_or(LineError::NotAnObject)?;
    let description = said(fields, "description")?.ok_or(LineError::Field {
        field: "description",
        wanted: "a text",
    })?;
    let wrong_files = || LineError::Field {
        field: "files",
        wanted: "a list of paths",
    };
    let files = fields
        .get("files")
        .and_then(Value::as_array)
        .filter(|files| !files.is_empty())
        .ok_or_else(wrong_files)?
        .iter()
        .map(|file| match file.as_str() {
            Some(file) if !file.is_empty() => Ok(file.to_owned()),
            Some(_) | None => Err(wrong_files()),
        })
        .collect::<Result<Vec<String>, LineError>>()?;
    let effort = said(fields, "effort-override")?
        .map(|tier| tier.parse::<Effort>().map_err(|_| LineError::Effort))
        .transpose()?;
    Ok(Target {
        description,
        provenance: TargetProvenance::Targets,
        files,
        scoping: said(fields, "scoping")?,
        model: said(fields, "model-override")?,
        effort,
    })
}

/// Returns a field that is a text with something in it, as it is spelled.
fn said(fields: &Map<String, Value>, field: &'static str) -> Result<Option<String>, LineError> {
    match fields.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(LineError::Field {
            field,
            wanted: "a text",
        }),
    }
}
