//! What happens in a run, as a value: written to the record, shown to people,
//! and read back from either.

use piton_agent::watchdog::EndReason;
use piton_agent::{CallRecord, Usage};
use piton_base::Effort;
use piton_plan::{ActionId, Receipt};
use serde::{Deserialize, Serialize};

use super::{FinalStatus, RunSeal};
use crate::effort::EffortResolution;
use crate::failures::FailureKind;

/// One thing that happened. The names are part of the record's format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The record of a run was begun.
    ArtifactsReady {
        root: String,
    },
    EffortBudgetConfigured {
        default_effort: Effort,
        max_allowed_effort: Effort,
    },
    RunStarted(Outset),
    RunFinished(RunEnd),
    /// The run takes up one thing: a step, a phase, a source target, a landing.
    ActionStarted {
        action: u32,
        kind: ActionKind,
        target: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
    },
    ActionFinished(ActionEnd),
    EffortResolved(CallScope),
    CallStarted {
        #[serde(flatten)]
        scope: CallScope,
        call: u32,
        agent: String,
    },
    /// The agent's program is running.
    CallLaunched {
        call: u32,
        pid: Option<u32>,
        arguments: Vec<String>,
    },
    /// What a call consumed so far, and what the agent said or began last.
    CallProgress {
        call: u32,
        usage: Option<Usage>,
        cost_usd: Option<f64>,
        doing: Option<String>,
    },
    /// What a call prints. The record keeps it in the call's own files.
    CallPrinted {
        call: u32,
        text: String,
    },
    /// The agent failed and says that it will try again.
    CallRetrying {
        call: u32,
        why: String,
    },
    /// The agent is being ended.
    CallEnding {
        call: u32,
        reason: EndReason,
    },
    CallFinished(CallEnd),
    ValidationStarted {
        call: u32,
        commit: String,
        command: String,
    },
    /// What the command prints. The record keeps it in files of its own.
    ValidationPrinted {
        call: u32,
        text: String,
    },
    ValidationFinished {
        call: u32,
        commit: String,
        verdict: String,
        good: bool,
        /// Red first, then green without any change.
        #[serde(default)]
        flaky: bool,
        duration_ms: Option<u64>,
    },
    /// An action of a plan is being performed.
    PlanActionStarted {
        plan_action: ActionId,
    },
    PlanActionSettled {
        receipt: Receipt,
    },
    Published {
        target: String,
        step: String,
        next: String,
        digest: String,
    },
    Committed {
        target: String,
        #[serde(rename = "commit_sha")]
        sha: String,
        subject: String,
    },
    #[serde(rename = "planning_step_failure_doc_written")]
    StepFailed {
        #[serde(flatten)]
        scope: CallScope,
        #[serde(rename = "planning_step")]
        step: String,
        #[serde(rename = "failure_kind")]
        kind: FailureKind,
        summary: String,
        reason_doc_path: Option<String>,
    },
    /// Something that an interrupted command left was put in order.
    Recovered {
        notice: String,
    },
    /// Something that is neither good nor bad, in a sentence.
    Noted {
        text: String,
    },
    Warned {
        text: String,
    },
    Interrupted,
}

/// With what a run sets out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outset {
    /// What the user ran.
    pub command: String,
    pub agent: String,
    pub model: Option<String>,
    pub default_effort: Effort,
    pub max_allowed_effort: Effort,
    /// The command that work is validated by.
    #[serde(default)]
    pub validation: Option<String>,
    /// How many actions go on at once.
    #[serde(default = "one")]
    pub jobs: u32,
    /// How far what it starts is sealed.
    pub sealed: RunSeal,
}

fn one() -> u32 {
    1
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunEnd {
    pub status: FinalStatus,
    /// Why it is over, in words.
    pub summary: Option<String>,
    pub calls: u32,
    pub commits: u32,
    pub usage: Option<Usage>,
    pub cost_usd: Option<f64>,
    pub duration_ms: u64,
}

piton_base::words! {
    /// What an action of a run is about.
    #[derive(Hash)]
    pub enum ActionKind: "a kind of action" {
        Land = "land",
        Plan = "plan",
        Phase = "phase",
        CleanUp = "clean-up",
        StoredPlan = "stored-plan",
    }
}

piton_base::words! {
    /// What an action of a run came to.
    #[derive(Hash)]
    pub enum ActionOutcome: "an outcome of an action" {
        Landed = "landed",
        Waits = "waits",
        Unchanged = "unchanged",
        PutOff = "put-off",
        Failed = "failed",
        Conflict = "conflict",
        OutOfQuota = "out-of-quota",
        NoAgent = "no-agent",
        Stopped = "stopped",
    }
}

/// How an action of a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActionEnd {
    pub action: u32,
    pub kind: ActionKind,
    pub target: String,
    pub outcome: ActionOutcome,
    /// One line about it, for people.
    pub summary: String,
    pub commit_sha: Option<String>,
    /// The name under which accepted work waits to land.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<String>,
    pub failure_kind: Option<FailureKind>,
    /// What its calls consumed, and how long it took.
    pub usage: Option<Usage>,
    pub cost_usd: Option<f64>,
    pub duration_ms: u64,
}

/// What call an event is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallScope {
    pub attempt: u32,
    pub retry: u32,
    pub target: String,
    pub call_role: String,
    pub phase_reached: String,
    #[serde(flatten)]
    pub effort: EffortResolution,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallEnd {
    #[serde(flatten)]
    pub scope: CallScope,
    pub call: u32,
    pub call_status: CallStatus,
    pub returncode: Option<i32>,
    pub summary: String,
    /// The first line of what the agent answered.
    #[serde(default)]
    pub answer: Option<String>,
    #[serde(default)]
    pub usage: Option<Usage>,
    #[serde(default)]
    pub cost_usd: Option<f64>,
    #[serde(default)]
    pub duration_ms: Option<u64>,
}

piton_base::words! {
    /// Whether a call gave something that can be used.
    #[derive(Hash)]
    pub enum CallStatus: "a status of a call" {
        Finished = "finished",
        Failed = "failed",
    }
}

impl CallEnd {
    /// Puts together how a call ended; the agent's side tells what it consumed.
    pub(crate) fn of(
        scope: CallScope,
        call: u32,
        ended: Option<&CallRecord>,
        call_status: CallStatus,
        summary: String,
    ) -> Self {
        let reply = ended.and_then(|record| record.result.reply());
        Self {
            scope,
            call,
            call_status,
            returncode: ended.map(|record| record.exit.number()),
            summary,
            answer: reply.and_then(|reply| first_line(&reply.text)),
            usage: ended.and_then(|record| record.usage),
            cost_usd: ended.and_then(|record| record.cost_usd),
            duration_ms: ended.map(|record| record.duration_ms),
        }
    }
}

/// Returns the first line that says something, without the marks of headings.
fn first_line(text: &str) -> Option<String> {
    const LONGEST: usize = 200;
    let line = text
        .lines()
        .map(|line| line.trim().trim_start_matches('#').trim())
        .find(|line| !line.is_empty())?;
    Some(line.chars().take(LONGEST).collect())
}

impl Event {
    /// Whether the record keeps it. What programs print is in files of its
    /// own already.
    pub fn is_recorded(&self) -> bool {
        !matches!(
            self,
            Self::CallPrinted { .. } | Self::ValidationPrinted { .. }
        )
    }
}
