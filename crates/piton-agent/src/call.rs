//! One invocation of an agent for one role.

use std::path::PathBuf;

use piton_seal::CacheSet;

use crate::watchdog::Limits;
use piton_base::Effort;

/// What an agent is asked for.
#[derive(Clone, Debug)]
pub struct AgentCall {
    pub role: CallRole,
    /// The migration this is about, where there is one.
    pub slug: Option<String>,
    /// The directory the agent works in: a slot, never the user's own tree.
    pub cwd: PathBuf,
    /// The only directory that planning calls may write.
    pub workspace: PathBuf,
    pub prompt: String,
    pub model: Option<String>,
    pub effort: Option<Effort>,
    /// The JSON schema of the answer, for agents that can be held to one.
    pub schema: Option<serde_json::Value>,
    pub limits: Limits,
    /// The tool caches that go with the slot.
    pub caches: CacheSet,
}

piton_base::words! {
    /// Why an agent (or the code around it) is at work; the names are part of the
    /// run record's format.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum CallRole: "a call role" {
        ScopeExpansion = "scope-expansion",
        Classify = "classify",
        Refactor = "refactor",
        Validation = "validation",
        PlanningApproaches = "planning.approaches",
        PlanningPickBest = "planning.pick-best",
        PlanningExpand = "planning.expand",
        PlanningReview = "planning.review",
        PlanningRevise = "planning.revise",
        PlanningReview2 = "planning.review-2",
        PlanningFinalReview = "planning.final-review",
        PlanningState = "planning.state",
        PlanningPublish = "planning.publish",
        PlanningResume = "planning.resume",
        PhaseExecutionGate = "phase.execution-gate",
        PhaseEffortBudget = "phase.effort-budget",
        PhaseReadyCheck = "phase.ready-check",
        PhaseExecute = "phase.execute",
        PhaseValidation = "phase.validation",
        /// A person and an agent look at a migration together.
        MigrationReview = "migration.review",
        /// A person and an agent write down the team's taste.
        Taste = "taste",
    }
}
