//! Changes fields of a header and not one other byte of its text.

use std::ops::Range;

use thiserror::Error;

use super::choose::{Header, HeaderFault, find_header};
use super::field::Field;
use super::patch::Patch;
use super::validate::{Problem, as_text, validate};
use crate::yaml::{Value, emit_entry, emit_mapping};

/// What came of applying a patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The header says all of it already.
    Same,
    Changed {
        text: String,
        /// The fields whose value is another now.
        fields: Vec<Field>,
    },
}

/// Why a patch was not applied.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    #[error(transparent)]
    Header(#[from] HeaderFault),
    #[error("the plan-header is not valid: {0}")]
    Invalid(Problem),
    #[error(
        "the plan-header would not read back as it was written: a value holds the end of the block, or the header is written in an unusual way"
    )]
    WouldNotReadBack,
}

/// Applies a patch to the header of a text.
pub fn apply_patch(text: &str, patch: &Patch) -> Result<Edited, EditError> {
    let header = find_header(text)?;
    if let Some(problem) = validate(header.fields())
        .into_iter()
        .find(Problem::blocks_updates)
    {
        return Err(EditError::Invalid(problem));
    }
    let changes: Vec<(Field, &Value)> = patch
        .sets()
        .iter()
        .filter(|(field, value)| !says_already(&header, *field, value))
        .map(|(field, value)| (*field, value))
        .collect();
    if changes.is_empty() {
        return Ok(Edited::Same);
    }
    let wanted = merged(header.fields(), &changes);
    let text = line_by_line(text, &header, &changes)
        .filter(|edited| reads_back(edited, &header, &wanted))
        .or_else(|| {
            let edited = rewritten(text, &header, &wanted);
            reads_back(&edited, &header, &plain(&wanted)).then_some(edited)
        })
        .ok_or(EditError::WouldNotReadBack)?;
    Ok(Edited::Changed {
        text,
        fields: changes.into_iter().map(|(field, _)| field).collect(),
    })
}

/// Returns whether the header has this value. Scalars are compared by their
/// text: the field decides about the type, not the digits.
fn says_already(header: &Header, field: Field, value: &Value) -> bool {
    let Some(old) = header.get(field) else {
        return false;
    };
    match (as_text(old), as_text(value)) {
        (Some(old), Some(new)) => old == new,
        (None, None) => old == value || (old.is_null() && value.is_null()),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn merged(fields: &Value, changes: &[(Field, &Value)]) -> Vec<(Value, Value)> {
    let mut entries = match fields {
        Value::Map(entries) => entries.clone(),
        Value::Scalar(_) | Value::List(_) => Vec::new(),
    };
    for (field, value) in changes {
        match entries
            .iter_mut()
            .find(|(key, _)| key.as_text() == Some(field.name()))
        {
            Some(entry) => entry.1 = (*value).clone(),
            None => entries.push((Value::text(field.name()), (*value).clone())),
        }
    }
    entries
}

/// Replaces the lines of the fields that change and appends those of new ones.
fn line_by_line(text: &str, header: &Header, changes: &[(Field, &Value)]) -> Option<String> {
    let yaml_place = &header.body.place;
    let yaml = &text[yaml_place.clone()];
    let document = &header.body.document;
    let places = document.places.as_ref()?;
    let Value::Map(entries) = &document.value else {
        return None;
    };
    let block = &text[header.block.content.clone()];
    let eol = if block.contains("\r\n") { "\r\n" } else { "\n" };
    let indent = " ".repeat(document.column);
    let in_place = |text: &str| text.replace('\n', &format!("{eol}{indent}"));

    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut appended = String::new();
    for (field, value) in changes {
        let entry = emit_entry(field.name(), value);
        let at = entries
            .iter()
            .position(|(key, _)| key.as_text() == Some(field.name()));
        if let Some(place) = at.and_then(|at| places.get(at).cloned().flatten()) {
            let before = yaml[..place.start].trim_end();
            if !before.ends_with(':') {
                return None;
            }
            let written = in_place(&entry[field.name().len() + 1..]);
            edits.push((before.len()..place.end, written));
        } else {
            appended.push_str(eol);
            appended.push_str(&indent);
            appended.push_str(&in_place(&entry));
        }
    }
    edits.sort_by_key(|(place, _)| place.start);
    let mut edited = String::with_capacity(text.len() + 256);
    edited.push_str(&text[..yaml_place.start]);
    let mut at = 0;
    for (place, new) in edits {
        edited.push_str(yaml.get(at..place.start)?);
        edited.push_str(&new);
        at = place.end;
    }
    edited.push_str(yaml.get(at..)?);
    let after = &text[yaml_place.end..];
    let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
    edited.push_str(&after[..blanks]);
    edited.push_str(&appended);
    edited.push_str(&after[blanks..]);
    Some(edited)
}

/// Writes the whole mapping again, where its lines cannot be changed one by one.
fn rewritten(text: &str, header: &Header, entries: &[(Value, Value)]) -> String {
    let yaml = emit_mapping(entries);
    let place = &header.body.place;
    let block = &text[header.block.content.clone()];
    let yaml = if block.contains("\r\n") {
        yaml.replace('\n', "\r\n")
    } else {
        yaml
    };
    format!("{}{yaml}{}", &text[..place.start], &text[place.end..])
}

/// Returns values without their former spelling, which writing again may change.
fn plain(entries: &[(Value, Value)]) -> Vec<(Value, Value)> {
    match crate::yaml::Document::parse(&emit_mapping(entries)) {
        Ok(document) => match document.value {
            Value::Map(entries) => entries,
            Value::Scalar(_) | Value::List(_) => Vec::new(),
        },
        Err(_) => Vec::new(),
    }
}

fn reads_back(edited: &str, before: &Header, wanted: &[(Value, Value)]) -> bool {
    find_header(edited).is_ok_and(|after| {
        after.block.span.start == before.block.span.start
            && after.body.place.start == before.body.place.start
            && matches!(after.fields(), Value::Map(entries) if same(entries, wanted))
    })
}

fn same(left: &[(Value, Value)], right: &[(Value, Value)]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .all(|((key, value), (other, wanted))| {
                key == other && (value == wanted || (value.is_null() && wanted.is_null()))
            })
}
