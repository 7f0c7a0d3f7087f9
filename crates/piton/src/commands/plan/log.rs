//! `piton plan log`: what happened to a stored plan.

use std::fmt::Write as _;

use clap::Args;
use piton_backend::events::{PlanEvent, events};
use piton_backend::store::BackendError;
use piton_base::terminal::clean;
use serde_json::{Value as Json, json};

use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::stored::target::{failed, with_plan};

/// Show what happened to a stored plan, oldest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan log 42
  piton plan log --json")]
pub(crate) struct LogArgs {
    /// The plan; without one, that of this folder or branch
    plan: Option<String>,
}

pub(super) fn run(context: &Context, args: &LogArgs) -> CommandResult {
    let found = with_plan(context, args.plan.as_deref(), |backend, id| {
        let comments = backend
            .comments(&id)
            .map_err(failed)?
            .ok_or_else(|| failed(BackendError::NotFound(id)))?;
        Ok(events(&comments))
    })?;
    let out = &context.out;
    if out.json_wanted() {
        let found: Vec<_> = found
            .iter()
            .map(|event| {
                json!({
                    "timestamp": event.timestamp,
                    "event_type": event.kind,
                    "metadata": event.metadata,
                })
            })
            .collect();
        out.json(json!({ "events": found }));
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    for event in &found {
        let _ = writeln!(
            text,
            "{:<33} {:<22} {}",
            clean(&event.timestamp),
            event.kind,
            facts(event)
        );
    }
    out.data(&text);
    if found.is_empty() {
        out.hint("nothing is recorded yet");
    }
    Ok(Exit::Done)
}

/// Says an event's facts on one line.
fn facts(event: &PlanEvent) -> String {
    let inner = event.metadata.get("fields").unwrap_or(&event.metadata);
    let Some(entries) = inner.as_object() else {
        return String::new();
    };
    let facts: Vec<String> = entries
        .iter()
        .filter(|(name, _)| !name.ends_with("_at") && *name != "timestamp")
        .map(|(name, value)| match value {
            Json::String(text) => format!("{}={}", clean(name), clean(text)),
            other => format!("{}={}", clean(name), clean(&other.to_string())),
        })
        .collect();
    facts.join(" ")
}
