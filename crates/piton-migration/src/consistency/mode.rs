//! What a check is for.

piton_base::words! {
    /// What a migration is checked for; each mode asks for more or for less.
    #[derive(Hash)]
    pub enum Mode: "a mode of checking" {
        /// Before and after a planning step.
        PlanningSnapshot = "planning-snapshot",
        /// Before a plan is published as ready, whatever its status says yet.
        ReadyPublish = "ready-publish",
        /// Before a phase is carried out.
        ExecutionGate = "execution-gate",
        /// When a person asks.
        Doctor = "doctor",
    }
}
