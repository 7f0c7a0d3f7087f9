//! What happens in a run, as `events.jsonl` keeps it.

use jiff::Zoned;
use serde_json::{Map, Value, json};

use super::{RunId, stamp};
use crate::effort::{EffortBudget, EffortResolution};
use crate::failures::FailureKind;

/// What call an event is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallScope {
    pub attempt: u32,
    pub retry: u32,
    pub target: String,
    pub call_role: String,
    pub phase_reached: String,
    pub effort: EffortResolution,
}

/// Something that happened, and in which run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub run: RunId,
    pub event: Event,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    ArtifactsReady {
        root: String,
    },
    EffortBudgetConfigured(EffortBudget),
    EffortResolved(CallScope),
    CallStarted {
        scope: CallScope,
        agent: String,
    },
    CallFinished {
        scope: CallScope,
        succeeded: bool,
        returncode: Option<i32>,
        summary: String,
    },
    Published {
        target: String,
        step: String,
        next: String,
        digest: String,
    },
    Committed {
        target: String,
        sha: String,
        subject: String,
    },
    StepFailed {
        scope: CallScope,
        step: String,
        kind: FailureKind,
        summary: String,
        reason_doc_path: Option<String>,
    },
    Interrupted,
}

impl Event {
    /// Returns the event as one JSON object; its keys come out sorted.
    pub fn to_json(&self, now: &Zoned) -> Value {
        let (level, name, message, mut fields) = self.parts();
        fields.insert("timestamp".into(), stamp(now).into());
        fields.insert("level".into(), level.into());
        fields.insert("event".into(), name.into());
        fields.insert("message".into(), message.into());
        Value::Object(fields)
    }

    /// Returns the event as one line for people.
    pub fn message(&self) -> String {
        self.parts().2
    }

    fn parts(&self) -> (&'static str, &'static str, String, Map<String, Value>) {
        const INFO: &str = "INFO";
        const WARN: &str = "WARN";
        match self {
            Self::ArtifactsReady { root } => (
                INFO,
                "artifacts_ready",
                format!("the record of this run is in {root}"),
                Map::new(),
            ),
            Self::EffortBudgetConfigured(budget) => (
                INFO,
                "effort_budget_configured",
                format!(
                    "effort {} by default, {} at most",
                    budget.default_tier(),
                    budget.max()
                ),
                object(json!({
                    "default_effort": budget.default_tier().as_str(),
                    "max_allowed_effort": budget.max().as_str(),
                })),
            ),
            Self::EffortResolved(scope) => (
                INFO,
                "effort_resolved",
                format!("{} gets effort {}", scope.call_role, scope.effort.effective),
                scope.fields(),
            ),
            Self::CallStarted { scope, agent } => {
                let mut fields = scope.fields();
                fields.insert("agent".into(), agent.as_str().into());
                (
                    INFO,
                    "call_started",
                    format!("{} started", scope.call_role),
                    fields,
                )
            }
            Self::CallFinished {
                scope,
                succeeded,
                returncode,
                summary,
            } => {
                let mut fields = scope.fields();
                let status = if *succeeded { "finished" } else { "failed" };
                fields.insert("call_status".into(), status.into());
                fields.insert("returncode".into(), json!(returncode));
                fields.insert("summary".into(), summary.as_str().into());
                (
                    if *succeeded { INFO } else { WARN },
                    "call_finished",
                    format!("{} {status}: {summary}", scope.call_role),
                    fields,
                )
            }
            Self::Published {
                target,
                step,
                next,
                digest,
            } => (
                INFO,
                "published",
                format!("{step} of {target} published; next is {next}"),
                object(json!({"target": target, "step": step, "next": next, "digest": digest})),
            ),
            Self::Committed {
                target,
                sha,
                subject,
            } => (
                INFO,
                "committed",
                format!("{sha} {subject}"),
                object(json!({"target": target, "commit_sha": sha, "subject": subject})),
            ),
            Self::StepFailed {
                scope,
                step,
                kind,
                summary,
                reason_doc_path,
            } => {
                let mut fields = scope.fields();
                fields.insert("planning_step".into(), step.as_str().into());
                fields.insert("failure_kind".into(), kind.as_str().into());
                fields.insert("summary".into(), summary.as_str().into());
                fields.insert("reason_doc_path".into(), json!(reason_doc_path));
                (
                    WARN,
                    "planning_step_failure_doc_written",
                    format!("{step} of {} failed: {summary}", scope.target),
                    fields,
                )
            }
            Self::Interrupted => (INFO, "interrupted", "interrupted".to_owned(), Map::new()),
        }
    }
}

impl CallScope {
    fn fields(&self) -> Map<String, Value> {
        let mut fields = object(json!({
            "attempt": self.attempt,
            "retry": self.retry,
            "target": self.target,
            "call_role": self.call_role,
            "phase_reached": self.phase_reached,
        }));
        // A struct of plain fields always turns into an object.
        if let Ok(Value::Object(effort)) = serde_json::to_value(&self.effort) {
            fields.extend(effort);
        }
        fields
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
