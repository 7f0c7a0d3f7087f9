//! Reading the manifest, legacy forms included.

use super::phases::{Phase, Phases};
use super::types::Manifest;
use crate::json::{
    DecodeError, FieldError, FieldProblem, Fields, Location, Value, parse_bytes, wrong_type,
};
use crate::stamp::RawStamp;

impl Manifest {
    /// Decodes the bytes of `manifest.json`.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Ok(manifest(&parse_bytes(bytes)?)?)
    }
}

fn manifest(value: &Value<'_>) -> Result<Manifest, FieldError> {
    let fields = Fields::of(value, Location::Root)?;
    let stamp = |name| Ok(RawStamp::new(fields.string(name)?));
    let optional_stamp = |name| Ok(fields.optional_string(name)?.map(RawStamp::new));
    let phases = phases(fields)?;
    Ok(Manifest {
        name: fields.string("name")?.to_owned(),
        created_at: stamp("created_at")?,
        last_touch: stamp("last_touch")?,
        wake_up_on: optional_stamp("wake_up_on")?,
        awaiting_human_review: match fields.get("awaiting_human_review") {
            None => false,
            Some(_) => fields.boolean("awaiting_human_review")?,
        },
        human_review_reason: fields
            .optional_string("human_review_reason")?
            .map(str::to_owned),
        cooldown_until: optional_stamp("cooldown_until")?,
        status: fields.named("status", "planning, ready, in-progress, skipped or done")?,
        cursor: cursor(fields, &phases)?,
        phases,
    })
}

/// Reads the cursor: a phase's name, nothing, or the position that older
/// versions wrote.
fn cursor(fields: Fields<'_, '_>, phases: &Phases) -> Result<Option<usize>, FieldError> {
    const NAME: &str = "current_phase";
    const ALLOWED: &str = "the name of a listed phase, or empty";
    match fields.require(NAME, ALLOWED)? {
        Value::String(name) if name.is_empty() => Ok(None),
        Value::String(name) => match phases.find(name) {
            Some((index, _)) => Ok(Some(index)),
            None => Err(fields.wrong(NAME, name, ALLOWED)),
        },
        // A position out of range, negative ones included, means no cursor;
        // so does the position of a phase without a name.
        Value::Int(position) => {
            // Minus zero is zero, and only the text tells them apart.
            let digits = if *position == "-0" { "0" } else { position };
            let index: Option<usize> = digits.parse().ok();
            Ok(index.filter(|index| phases.get(*index).is_some_and(|it| !it.name.is_empty())))
        }
        other => Err(fields.fail(NAME, wrong_type(other, ALLOWED))),
    }
}

fn phases(fields: Fields<'_, '_>) -> Result<Phases, FieldError> {
    let items = match fields.get("phases") {
        None | Some(Value::Null) => &[],
        Some(_) => fields.array("phases")?,
    };
    let phases = items
        .iter()
        .enumerate()
        .map(|(index, item)| phase(item, index))
        .collect::<Result<Vec<_>, _>>()?;
    Phases::try_from(phases)
        .map_err(|error| fields.fail("phases", FieldProblem::Other(error.to_string())))
}

fn phase(value: &Value<'_>, index: usize) -> Result<Phase, FieldError> {
    let array = "phases";
    let fields = Fields::of(value, Location::Item { array, index })?;
    Ok(Phase {
        name: fields.string("name")?.to_owned(),
        file: fields.string("file")?.to_owned(),
        done: fields.boolean("done")?,
        precondition: precondition(fields)?.to_owned(),
        required_effort: match fields.optional_string("required_effort")? {
            None => None,
            Some(_) => Some(fields.named("required_effort", "low, medium, high, xhigh or null")?),
        },
        effort_reason: fields.optional_string("effort_reason")?.map(str::to_owned),
    })
}

/// Reads the precondition, or what older versions called `ready_when`. The old
/// key counts only where the new one is absent, not where it is null.
fn precondition<'v>(fields: Fields<'v, '_>) -> Result<&'v str, FieldError> {
    if fields.get("precondition").is_none() && fields.get("ready_when").is_some() {
        fields.string("ready_when")
    } else {
        fields.string("precondition")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let error = Manifest::decode(text.as_bytes()).expect_err("a refusal");
        match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        }
    }

    #[test]
    fn a_refusal_names_the_field_and_what_is_allowed() {
        insta::assert_snapshot!(
            message(r#"{"phases": [{"name": "a", "file": "f", "done": 1}]}"#),
            @"it holds a wrong field: field `phases[0].done` is an integer; it must be true or false"
        );
        insta::assert_snapshot!(
            message(r#"{"status": "open", "name": "a", "created_at": "", "last_touch": ""}"#),
            @"it holds a wrong field: field `status` is `open`; it must be planning, ready, in-progress, skipped or done"
        );
        insta::assert_snapshot!(
            message("[]"),
            @"it holds a wrong field: the document is an array; it must be an object"
        );
        insta::assert_snapshot!(
            message("{"),
            @"it is not JSON: expected a key in double quotes at byte 1"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(matches!(
            Manifest::decode(b"{\"name\": \"\xff\"}"),
            Err(DecodeError::NotUtf8(_))
        ));
    }
}
