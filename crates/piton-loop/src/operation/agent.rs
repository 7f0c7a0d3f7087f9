//! The agent that was chosen, as a plan holds it.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::slots::SlotSettings;
use piton_agent::{Agent, Limits};
use piton_plan::Failure;
use serde::{Deserialize, Serialize};

/// Which agent is called, and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentChoice {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<PathBuf>,
    pub idle_seconds: u64,
    pub deadline_seconds: u64,
    pub grace_seconds: u64,
}

/// Turns a choice into the agent that can be called; its description may be
/// in the settings of whoever performs the plan.
pub trait Agents: Debug + Sync {
    fn agent(&self, choice: &AgentChoice) -> Result<Arc<dyn Agent>, Failure>;

    /// Returns where and how agents work here.
    fn slots(&self) -> Result<SlotSettings, Failure>;
}

impl AgentChoice {
    pub fn limits(&self) -> Limits {
        let idle = Duration::from_secs(self.idle_seconds);
        Limits {
            idle,
            // A tool that the agent runs may be silent for longer than itself.
            tool_idle: idle.max(Limits::default().tool_idle),
            deadline: Duration::from_secs(self.deadline_seconds),
            after_result: Duration::from_secs(self.grace_seconds),
            politeness: Limits::default().politeness,
        }
    }
}
