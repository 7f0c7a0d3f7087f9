//! The JSON schemas that agents are held to, where they can be.
//!
//! Every schema is strict in the narrow sense that both large services ask
//! for: all properties required, no others allowed, no limits on lengths.

use serde_json::{Value, json};

use super::Verdict;
use super::classifier::Route;

/// The schema of the choice between approaches of these names.
pub fn pick_best(names: &[&str]) -> Value {
    object(&json!({
        "choice": {"type": "string", "enum": names, "description": "the name of the approach that wins"},
        "rationale": {
            "type": "string",
            "description": "why it wins, why each other does not, and what the plan must take care of; Markdown",
        },
    }))
}

/// The schema of a review.
pub fn review() -> Value {
    let finding = object(&json!({
        "where": {"type": "string", "description": "file and heading, or the phase"},
        "problem": {"type": "string", "description": "what goes wrong"},
        "settled_by": {"type": "string", "description": "what would settle it"},
    }));
    object(&json!({
        "verdict": {"type": "string", "enum": ["clear", "findings"]},
        "summary": {"type": "string", "description": "what was looked at and what to think of it"},
        "findings": {"type": "array", "items": finding, "description": "the gravest first; empty when clear"},
    }))
}

/// The schema of the decision about a plan.
pub fn final_review() -> Value {
    object(&json!({
        "decision": {"type": "string", "enum": ["approve-auto", "approve-needs-human", "reject"]},
        "reason": {"type": "string", "description": "one sentence for the person who reads nothing else"},
        "assessment": {"type": "string", "description": "what was checked and what the decision rests on; Markdown"},
    }))
}

/// The schema of the classifier's answer.
pub fn classify() -> Value {
    object(&json!({
        "decision": {"type": "string", "enum": Route::ALL.map(Route::as_str)},
        "reason": {"type": "string"},
    }))
}

/// The schema of the ready-check's answer.
pub fn ready() -> Value {
    object(&json!({
        "verdict": {"type": "string", "enum": Verdict::ALL.map(Verdict::as_str)},
        "reason": {"type": "string"},
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
