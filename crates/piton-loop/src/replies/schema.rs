//! The JSON schemas that agents are held to, where they can be.
//!
//! Every schema is strict in the narrow sense that both large services ask
//! for: all properties required, no others allowed, no limits on lengths.

use piton_migration::planning::Decision;
use serde_json::{Value, json};

use super::structured::Severity;

/// The schema of the choice between approaches of these names. The fields are
/// written in the order of their names, so that the reasons come first.
pub(crate) fn pick_best(names: &[&str]) -> Value {
    object(&json!({
        "because": {
            "type": "string",
            "description": "why the choice wins, why each other does not, and what the plan must take care of; Markdown",
        },
        "choice": {"type": "string", "enum": names, "description": "the name of the approach that wins"},
    }))
}

/// The schema of a review. What it comes to is told by the findings alone.
pub fn review() -> Value {
    let finding = object(&json!({
        "problem": {"type": "string", "description": "what goes wrong"},
        "settled_by": {"type": "string", "description": "what would settle it"},
        "severity": {
            "type": "string",
            "enum": Severity::ALL,
            "description": "blocker or major: the plan must be changed; nit: it may stay",
        },
        "where": {"type": "string", "description": "file and heading, or the phase"},
    }));
    object(&json!({
        "findings": {"type": "array", "items": finding, "description": "the gravest first; empty when there is nothing to report"},
        "summary": {"type": "string", "description": "what was looked at and what to think of it"},
    }))
}

/// The schema of the decision about a plan.
pub(crate) fn final_review() -> Value {
    object(&json!({
        "assessment": {"type": "string", "description": "what was checked and what the decision rests on; Markdown"},
        "decision": {"type": "string", "enum": Decision::ALL},
        "reason": {"type": "string", "description": "one sentence for the person who reads nothing else"},
    }))
}

fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties
        .as_object()
        .map(|map| map.keys().collect())
        .unwrap_or_default();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
