//! The kinds of failure that records name.

piton_base::words! {
    /// Why something was not done.
    #[derive(Hash)]
    pub enum FailureKind: "a kind of failure" {
        None = "none",
        Timeout = "timeout",
        Stuck = "stuck",
        AgentInfraFailure = "agent-infra-failure",
        AgentExitedNonzero = "agent-exited-nonzero",
        AgentRequestedTransition = "agent-requested-transition",
        ValidationFailed = "validation-failed",
        ValidationInfraFailure = "validation-infra-failure",
        LandingConflict = "landing-conflict",
        TestsWeakened = "tests-weakened",
        PhaseFailed = "phase-failed",
        PhaseReadyNo = "phase-ready-no",
        PhaseReadyUnverifiable = "phase-ready-unverifiable",
        PhaseEffortOverBudget = "phase-effort-over-budget",
        MigrationConsistencyError = "migration-consistency-error",
        PlanningConsistencyError = "planning-consistency-error",
        PlanningStateMissing = "planning-state-missing",
        PlanningStateInvalid = "planning-state-invalid",
        PlanningStepFailed = "planning-step-failed",
        PlanningPublishBlocked = "planning-publish-blocked",
        PlanningRejected = "planning-rejected",
        PlanningBlocked = "planning-blocked",
    }
}
