//! What a run comes to, in one file: `summary.json`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use piton_agent::{CallRecord, Usage};
use serde::{Deserialize, Serialize};

use super::{RunId, RunSeal};
use crate::effort::EffortResolution;

/// The whole of a run at a glance.
///
/// Readers of the original know these fields; `schema_version`, `command`,
/// `usage`, `answered_by`, `sealed` and `cost_usd` are piton's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    pub schema_version: u32,
    pub run_id: RunId,
    /// What the user asked for, `migration step add-api`.
    pub command: String,
    pub artifact_root: String,
    pub repo_root: String,
    pub agent: Option<String>,
    pub model: Option<String>,
    pub effort: Option<String>,
    pub default_effort: Option<String>,
    pub max_allowed_effort: Option<String>,
    pub test_command: Option<String>,
    /// How far what it started was sealed.
    #[serde(default)]
    pub sealed: Option<RunSeal>,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub final_status: FinalStatus,
    pub error_message: Option<String>,
    pub counts: Counts,
    /// What the agents say that they consumed; `None` where none of them said.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// The model that answered last, as the agent names it.
    #[serde(default)]
    pub answered_by: Option<String>,
    /// What the agents say that they cost, where they say it.
    pub cost_usd: Option<f64>,
    /// The same for each day on which calls ended, as the user's clock had it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cost_by_day: BTreeMap<String, f64>,
    pub attempts: Vec<Attempt>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub attempts_started: u32,
    pub commits_created: u32,
    /// Calls of agents.
    #[serde(default)]
    pub calls: u32,
    /// Validations that were red and then green.
    #[serde(default)]
    pub flaky: u32,
}

piton_base::words! {
    /// How a run ended.
    #[derive(Hash)]
    pub enum FinalStatus: "a status of a run" {
        /// Not over; or, when nobody holds its lock, killed.
        Running = "running",
        Completed = "completed",
        Failed = "failed",
        BaselineFailed = "baseline_failed",
        AgentFailed = "agent_failed",
        ValidationFailed = "validation_failed",
        MigrationFailed = "migration_failed",
        MaxConsecutiveFailures = "max_consecutive_failures",
        TargetsUsedUp = "targets_used_up",
        NothingEligible = "nothing_eligible",
        WaitsForPeople = "waits_for_people",
        WaitsToLand = "waits_to_land",
        LimitReached = "limit_reached",
        BudgetReached = "budget_reached",
        Interrupted = "interrupted",
    }
}

piton_base::words! {
    /// What a commit carries.
    #[derive(Hash)]
    pub enum CommitPhase: "a phase of a commit" {
        Refactor = "refactor",
        RunOnce = "run_once",
        Planning = "planning",
        Migration = "migration",
    }
}

/// One thing tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub attempt: u32,
    pub target: String,
    pub retry: u32,
    pub call_role: String,
    pub phase_reached: String,
    pub decision: Option<String>,
    pub retry_recommendation: Option<String>,
    pub failure_kind: Option<String>,
    pub failure_summary: Option<String>,
    pub reason_doc_path: Option<String>,
    pub commit_sha: Option<String>,
    pub commit_phase: Option<CommitPhase>,
    pub requested_effort: Option<String>,
    pub effective_effort: Option<String>,
    pub max_allowed_effort: Option<String>,
    pub effort_source: Option<String>,
    pub effort_capped: Option<bool>,
    pub effort_reason: Option<String>,
}

impl Attempt {
    /// Returns an attempt at an effort, about which nothing else is known yet.
    pub(crate) fn with(effort: &EffortResolution) -> Self {
        Self {
            requested_effort: Some(effort.requested.to_string()),
            effective_effort: Some(effort.effective.to_string()),
            max_allowed_effort: Some(effort.max_allowed.to_string()),
            effort_source: Some(effort.source.to_string()),
            effort_capped: Some(effort.capped()),
            effort_reason: effort.reason.clone(),
            ..Self::default()
        }
    }
}

impl RunSummary {
    /// Returns the summary of a run that has done nothing yet. Beginning a
    /// record fills in the run's name and place.
    pub fn new(command: &str, repo_root: &str) -> Self {
        Self {
            schema_version: 1,
            run_id: RunId::unset(),
            command: command.to_owned(),
            artifact_root: String::new(),
            repo_root: repo_root.to_owned(),
            agent: None,
            model: None,
            effort: None,
            default_effort: None,
            max_allowed_effort: None,
            test_command: None,
            sealed: None,
            started_at: String::new(),
            finished_at: None,
            final_status: FinalStatus::Running,
            error_message: None,
            counts: Counts::default(),
            usage: None,
            answered_by: None,
            cost_usd: None,
            cost_by_day: BTreeMap::new(),
            attempts: Vec::new(),
        }
    }

    /// Counts what a call consumed that ended on a day.
    pub(super) fn count(&mut self, call: &CallRecord, day: Date) {
        if let Some(usage) = call.usage {
            *self.usage.get_or_insert_default() += usage;
        }
        if call.answered_by.is_some() {
            self.answered_by.clone_from(&call.answered_by);
        }
        if let Some(cost) = call.cost_usd {
            *self.cost_usd.get_or_insert(0.0) += cost;
            *self.cost_by_day.entry(day.to_string()).or_insert(0.0) += cost;
        }
    }

    /// Returns what it cost on a day. Records of before it was kept by day cost
    /// all on the day on which they began.
    pub fn cost_on(&self, day: Date) -> f64 {
        let day = day.to_string();
        match self.cost_usd {
            None => 0.0,
            Some(all) if self.cost_by_day.is_empty() && self.started_at.starts_with(&day) => all,
            Some(_) => self.cost_by_day.get(&day).copied().unwrap_or(0.0),
        }
    }
}

impl FinalStatus {
    /// Whether something went wrong. A run that came to its bounds, or waits
    /// for somebody, did not fail.
    pub fn is_failure(self) -> bool {
        match self {
            Self::Failed
            | Self::BaselineFailed
            | Self::AgentFailed
            | Self::ValidationFailed
            | Self::MigrationFailed
            | Self::MaxConsecutiveFailures => true,
            Self::Running
            | Self::Completed
            | Self::TargetsUsedUp
            | Self::NothingEligible
            | Self::WaitsForPeople
            | Self::WaitsToLand
            | Self::LimitReached
            | Self::BudgetReached
            | Self::Interrupted => false,
        }
    }
}
