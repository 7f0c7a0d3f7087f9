//! The lines of `--events`: what each kind of event holds.

use std::collections::BTreeSet;

use piton_loop::runs::{Event, Recorded};
use serde_json::{Value, json};

use super::kept::project;
use super::shapes::{all, record_differences};

/// Returns the kinds of event that `answers.txt` describes.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    all().keys().filter_map(|name| name.strip_prefix("Event "))
}

/// Returns where a line is not as it is described.
pub(crate) fn differences(line: &Value) -> Vec<String> {
    let kind = line["event"].as_str().unwrap_or_default();
    if !kinds().any(|known| known == kind) {
        return vec![format!("{kind:?} is described nowhere: {line}")];
    }
    record_differences(kind, line, &format!("Event {kind}"))
}

/// Returns the name of an event, `None` for those that stay out of the stream.
/// Whoever adds an event adds its name here, a sample below, its fields to
/// `answers.txt` and its row to docs/runs.md.
fn name(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::ArtifactsReady { .. } => "artifacts_ready",
        Event::EffortBudgetConfigured { .. } => "effort_budget_configured",
        Event::RunStarted(_) => "run_started",
        Event::RunFinished(_) => "run_finished",
        Event::ActionStarted { .. } => "action_started",
        Event::ActionFinished(_) => "action_finished",
        Event::EffortResolved(_) => "effort_resolved",
        Event::CallStarted { .. } => "call_started",
        Event::CallLaunched { .. } => "call_launched",
        Event::CallProgress { .. } => "call_progress",
        Event::CallRetrying { .. } => "call_retrying",
        Event::CallEnding { .. } => "call_ending",
        Event::CallFinished(_) => "call_finished",
        Event::ValidationStarted { .. } => "validation_started",
        Event::ValidationFinished { .. } => "validation_finished",
        Event::PlanActionStarted { .. } => "plan_action_started",
        Event::PlanActionSettled { .. } => "plan_action_settled",
        Event::Published { .. } => "published",
        Event::Committed { .. } => "committed",
        Event::StepFailed { .. } => "planning_step_failure_doc_written",
        Event::Recovered { .. } => "recovered",
        Event::Noted { .. } => "noted",
        Event::Warned { .. } => "warned",
        Event::Interrupted => "interrupted",
        Event::CallPrinted { .. } | Event::ValidationPrinted { .. } => return None,
    })
}

/// One of each kind, with little in it and with all that there can be.
fn samples() -> Vec<Value> {
    let usage = json!({"input_tokens": 1, "cached_input_tokens": 0, "cache_write_tokens": 0,
        "output_tokens": 2, "reasoning_tokens": 0});
    let scope = json!({"attempt": 1, "retry": 1, "target": "add-api",
        "call_role": "planning.expand", "phase_reached": "expand", "effort_source": "default",
        "requested_effort": "low", "effective_effort": "low", "max_allowed_effort": "xhigh",
        "effort_capped": false, "effort_reason": null});
    let with_scope = |more: Value| {
        let mut scope = scope.clone();
        let fields = scope.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        scope
    };
    let sealed = json!({"state": "sealed", "network": "on", "gaps": ["signals"]});
    let without = json!({"state": "unavailable", "gap": "no-landlock"});
    let receipt = |outcome: Value| {
        json!({"action": "file:create:a", "outcome": outcome, "message": "so",
            "at": "2026-06-01T12:00:00Z", "duration_ms": 1})
    };
    vec![
        json!({"event": "artifacts_ready", "root": "/r"}),
        json!({"event": "effort_budget_configured", "default_effort": "low",
            "max_allowed_effort": "xhigh"}),
        json!({"event": "run_started", "command": "run", "agent": "claude", "model": null,
            "default_effort": "low", "max_allowed_effort": "high", "validation": "cargo test",
            "sealed": {"agents": sealed, "validation": without, "others": {"state": "off"}}}),
        json!({"event": "run_finished", "status": "completed", "summary": null, "calls": 1,
            "commits": 1, "usage": usage, "cost_usd": 0.5, "duration_ms": 1}),
        json!({"event": "interrupted"}),
        json!({"event": "action_started", "action": 1, "kind": "stored-plan", "target": "42",
            "files": ["a"]}),
        json!({"event": "action_finished", "action": 1, "kind": "phase", "target": "add-api/x.md",
            "outcome": "put-off", "summary": "no", "commit_sha": null, "work": "w",
            "failure_kind": "phase-ready-no", "usage": null, "cost_usd": null, "duration_ms": 1}),
        with_scope(json!({"event": "effort_resolved"})),
        with_scope(json!({"event": "call_started", "call": 1, "agent": "claude"})),
        json!({"event": "call_launched", "call": 1, "pid": null, "arguments": ["claude"]}),
        json!({"event": "call_progress", "call": 1, "usage": usage, "cost_usd": 0.1,
            "doing": "reads"}),
        json!({"event": "call_retrying", "call": 1, "why": "busy"}),
        json!({"event": "call_ending", "call": 1, "reason": "after-result"}),
        with_scope(
            json!({"event": "call_finished", "call": 1, "call_status": "failed",
            "returncode": null, "summary": "it hung"}),
        ),
        json!({"event": "validation_started", "call": 1, "commit": "c", "command": "true"}),
        json!({"event": "validation_finished", "call": 1, "commit": "c", "verdict": "green",
            "good": true, "duration_ms": 1}),
        json!({"event": "plan_action_started", "plan_action": "file:create:a"}),
        json!({"event": "plan_action_settled", "receipt": receipt(json!({"status": "ok"}))}),
        json!({"event": "plan_action_settled", "receipt": receipt(
            json!({"status": "skipped", "reason": "no_input", "flag": "--force"}))}),
        json!({"event": "published", "target": "add-api", "step": "expand", "next": "review",
            "digest": "d"}),
        json!({"event": "committed", "target": "add-api", "commit_sha": "c", "subject": "s"}),
        with_scope(
            json!({"event": "planning_step_failure_doc_written", "planning_step": "expand",
            "failure_kind": "planning-step-failed", "summary": "s", "reason_doc_path": null}),
        ),
        json!({"event": "recovered", "notice": "n"}),
        json!({"event": "noted", "text": "t"}),
        json!({"event": "warned", "text": "t"}),
    ]
}

#[test]
fn every_kind_of_event_is_described_with_all_its_fields() {
    let mut seen = BTreeSet::new();
    for mut sample in samples() {
        sample["timestamp"] = "2026-06-01T12:00:00.000+02:00".into();
        sample["run"] = "20260601T120000-000000".into();
        sample["job"] = 2.into();
        let read: Recorded = serde_json::from_value(sample.clone())
            .unwrap_or_else(|error| panic!("{error}: {sample}"));
        // As the program writes it, with the fields that a sample leaves out.
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(differences(&written), [""; 0]);
        assert_eq!(written["event"].as_str(), name(&read.event));
        seen.insert(name(&read.event).unwrap());
    }
    assert_eq!(seen, kinds().collect());
}

#[test]
fn the_page_about_runs_names_every_kind_of_event() {
    let page = std::fs::read_to_string(project("docs/runs.md")).unwrap();
    let (_, table) = page.split_once("| about | `event` |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let mut named = BTreeSet::new();
    let mut depth = 0_i32;
    // What stands in brackets are fields.
    for (at, part) in table.split('`').enumerate() {
        if at % 2 == 0 {
            depth += i32::try_from(part.matches('(').count()).unwrap();
            depth -= i32::try_from(part.matches(')').count()).unwrap();
        } else if depth == 0 {
            named.insert(part);
        }
    }
    assert_eq!(named, kinds().collect());
}

#[test]
fn the_line_that_the_page_shows_is_one() {
    let page = std::fs::read_to_string(project("docs/runs.md")).unwrap();
    let (_, shown) = page.split_once("```json\n{\"timestamp\"").unwrap();
    let (shown, _) = shown.split_once("\n```").unwrap();
    let line: Value = serde_json::from_str(&format!("{{\"timestamp\"{shown}")).unwrap();
    assert_eq!(differences(&line), [""; 0]);
    let read: Recorded = serde_json::from_value(line.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), line);
}
