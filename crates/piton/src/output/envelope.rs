//! The one JSON document of a command: an envelope around what it shows.

use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::shapes::Shape;

/// The format of the envelope; it grows when a reader has to change.
const FORMAT: &str = "piton/1";

/// The fields that `--json=FIELDS` picks; none where all are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<String>);

impl Fields {
    pub(crate) fn names(&self) -> &[String] {
        &self.0
    }
}

impl FromStr for Fields {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names: Vec<String> = text
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        if names.is_empty() && !text.trim().is_empty() {
            return Err("has no names; expected fields with commas between them".to_owned());
        }
        Ok(Self(names))
    }
}

/// What is put around the result of a command.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    command: String,
    fields: Fields,
}

impl Envelope {
    pub(crate) fn new(command: impl Into<String>, fields: Fields) -> Self {
        Self {
            command: command.into(),
            fields,
        }
    }

    /// Puts a result in; an error stands beside it.
    pub(crate) fn seal(&self, exit: u8, result: Option<Value>, error: Option<Value>) -> Value {
        let mut document = json!({
            "format": FORMAT,
            "command": self.command,
            "exit": exit,
            "result": result.map(|result| self.picked(result)),
        });
        if let Some(error) = error {
            document["error"] = error;
        }
        document
    }

    /// Keeps the fields that were asked for: those of each entry where the
    /// result is a list, and otherwise its own.
    fn picked(&self, mut result: Value) -> Value {
        if self.fields.names().is_empty() {
            return result;
        }
        let list = Shape::of(&self.command).and_then(|shape| shape.list);
        let Some(list) = list else {
            return self.pick(&mut result);
        };
        let entries = result[list].as_array_mut().map(std::mem::take);
        let entries: Vec<Value> = entries
            .unwrap_or_default()
            .iter_mut()
            .map(|entry| self.pick(entry))
            .collect();
        json!({ list: entries })
    }

    /// Keeps some fields of one object, each null where it has none.
    fn pick(&self, from: &mut Value) -> Value {
        let picked: Map<String, Value> = self
            .fields
            .names()
            .iter()
            .map(|name| (name.clone(), from[name.as_str()].take()))
            .collect();
        picked.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(command: &str, fields: &str, result: Value) -> Value {
        Envelope::new(command, fields.parse().unwrap()).seal(0, Some(result), None)["result"].take()
    }

    #[test]
    fn fields_are_picked_from_the_entries_of_a_list_and_from_anything_else_itself() {
        let list = json!({"migrations": [{"slug": "a", "status": "ready", "phases": 2}]});
        assert_eq!(
            picked("migration list", "slug,status", list.clone()),
            json!({"migrations": [{"slug": "a", "status": "ready"}]})
        );
        assert_eq!(picked("migration list", "", list.clone()), list);
        let one = json!({"slug": "a", "status": "ready"});
        assert_eq!(
            picked("migration show", "status, next", one),
            json!({"status": "ready", "next": null})
        );
    }

    #[test]
    fn an_error_stands_beside_a_result_that_may_be_there_or_not() {
        let envelope = Envelope::new("migration step", Fields::default());
        let document = envelope.seal(1, None, Some(json!({"kind": "io"})));
        assert_eq!(
            document,
            json!({
                "format": "piton/1", "command": "migration step", "exit": 1,
                "result": null, "error": {"kind": "io"},
            })
        );
        assert!(",".parse::<Fields>().is_err());
    }
}
