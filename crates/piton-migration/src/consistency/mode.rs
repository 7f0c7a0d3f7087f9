//! What a check is for.

use crate::manifest::Status;

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

impl Mode {
    /// Returns the mode that a migration of this status is published in.
    pub fn of_publish(status: Status) -> Self {
        match status {
            Status::Ready => Self::ReadyPublish,
            Status::Planning | Status::InProgress | Status::Skipped | Status::Done => {
                Self::PlanningSnapshot
            }
        }
    }
}
