//! As much of JSON Schema as the schemas of the project use; a word that it
//! does not know is an error.

use serde_json::Value;

/// Returns where a document is not as a schema says.
pub(super) fn differences(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Walk { root: schema }.look("document", schema, document, &mut found);
    found
}

struct Walk<'s> {
    root: &'s Value,
}

impl Walk<'_> {
    fn look(&self, at: &str, schema: &Value, value: &Value, found: &mut Vec<String>) {
        if schema == &Value::Bool(true) {
            return;
        }
        let Some(words) = schema.as_object() else {
            found.push(format!("{at}: {schema} is no schema"));
            return;
        };
        for (word, said) in words {
            match word.as_str() {
                "$schema" | "title" | "description" | "$defs" => {}
                "$ref" => self.look(at, self.definition(said), value, found),
                "type" => {
                    if !kinds(said).iter().any(|kind| is(kind, value)) {
                        found.push(format!("{at} is no {said}: {value}"));
                    }
                }
                "const" if said != value => found.push(format!("{at} is not {said}: {value}")),
                "enum" if !list(said).contains(value) => {
                    found.push(format!("{at} is none of {said}: {value}"));
                }
                "const" | "enum" => {}
                "anyOf" => self.any_of(at, list(said), value, found),
                "allOf" => {
                    for schema in list(said) {
                        self.look(at, schema, value, found);
                    }
                }
                "if" => {
                    let mut wrong = Vec::new();
                    self.look(at, said, value, &mut wrong);
                    if let Some(then) = words.get("then").filter(|_| wrong.is_empty()) {
                        self.look(at, then, value, found);
                    }
                }
                "then" => {}
                "required" => {
                    for name in list(said).iter().filter_map(Value::as_str) {
                        if value.is_object() && value.get(name).is_none() {
                            found.push(format!("{at} lacks {name}"));
                        }
                    }
                }
                "properties" => {
                    for (name, schema) in said.as_object().into_iter().flatten() {
                        if let Some(inner) = value.get(name) {
                            self.look(&format!("{at}.{name}"), schema, inner, found);
                        }
                    }
                }
                "additionalProperties" => {
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        self.look(&format!("{at}.{name}"), said, inner, found);
                    }
                }
                "items" => {
                    for (number, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.look(&format!("{at}[{number}]"), said, inner, found);
                    }
                }
                unknown => found.push(format!("{at}: the validator does not know {unknown}")),
            }
        }
    }

    fn any_of(&self, at: &str, schemas: &[Value], value: &Value, found: &mut Vec<String>) {
        let mut nearest: Option<Vec<String>> = None;
        for schema in schemas {
            let mut wrong = Vec::new();
            self.look(at, schema, value, &mut wrong);
            if wrong.is_empty() {
                return;
            }
            // What is wrong deep inside says more than that it is another kind.
            if nearest
                .as_ref()
                .is_none_or(|known| wrong[0].len() > known[0].len())
            {
                nearest = Some(wrong);
            }
        }
        found.extend(nearest.unwrap_or_else(|| vec![format!("{at}: nothing is allowed")]));
    }

    fn definition(&self, reference: &Value) -> &Value {
        let path = reference.as_str().unwrap_or_default();
        let found = path.strip_prefix('#').and_then(|at| self.root.pointer(at));
        found.unwrap_or_else(|| panic!("{path} leads nowhere"))
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn kinds(said: &Value) -> Vec<&str> {
    match said {
        Value::String(kind) => vec![kind],
        other => list(other).iter().filter_map(Value::as_str).collect(),
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        other => panic!("{other} is no type"),
    }
}

#[test]
fn what_a_schema_does_not_allow_is_found() {
    let schema = serde_json::json!({
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": { "type": ["string", "null"] },
            "b": { "type": "array", "items": { "$ref": "#/$defs/B" } },
            "c": { "anyOf": [{ "const": 1 }, { "enum": ["x"] }] },
            "d": { "type": "object", "additionalProperties": { "type": "integer" } }
        },
        "allOf": [{
            "if": { "required": ["a"], "properties": { "a": { "const": "needs-b" } } },
            "then": { "required": ["b"] }
        }],
        "$defs": { "B": { "type": "object", "required": ["n"] } }
    });
    let check = |text: &str| differences(&schema, &serde_json::from_str(text).unwrap()).len();
    assert_eq!(
        check(r#"{"a": null, "b": [{"n": 1}], "c": "x", "d": {"k": 1}, "more": 1}"#),
        0
    );
    for (text, wrong) in [
        ("[]", 1),
        ("{}", 1),
        (r#"{"a": 1}"#, 1),
        (r#"{"a": "", "b": [{}, 3]}"#, 2),
        (r#"{"a": "", "c": 2}"#, 1),
        (r#"{"a": "", "d": {"k": "v"}}"#, 1),
        (r#"{"a": "needs-b"}"#, 1),
    ] {
        assert_eq!(check(text), wrong, "{text}");
    }
    let odd = serde_json::json!({ "oneOf": [] });
    assert_eq!(differences(&odd, &Value::Null).len(), 1);
}
