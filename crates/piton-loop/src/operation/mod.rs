//! The operations of the loop, with the two halves of their world.

mod agent;
mod call;
mod calling;
mod land_held;
mod performer;
mod remove_journal;
mod remove_run;
mod remove_slots;
mod secrets;
mod tick;
mod world;

use serde::{Deserialize, Serialize};

pub use agent::{AgentChoice, Agents};
pub use call::{CANDIDATE, CallAgent};
pub use land_held::{LandHeld, Lands};
pub use performer::LoopPerformer;
pub use remove_journal::RemoveJournal;
pub use remove_run::RemoveRun;
pub use remove_slots::RemoveSlots;
pub use secrets::secrets_of;
pub use tick::{COMMIT, LandWork, WorkOn};
pub use world::LoopWorld;

piton_plan::family! {
    /// One operation of the loop.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum LoopOp, LoopSeen for LoopWorld<'_>, LoopPerformer<'_, '_> {
        Call(CallAgent),
        RemoveRun(RemoveRun),
        Work(WorkOn),
        Land(LandWork),
        LandHeld(LandHeld),
        RemoveJournal(RemoveJournal),
        RemoveSlots(RemoveSlots),
    }
}
