//! The operations of the loop, with the two halves of their world.

mod agent;
mod call;
mod calling;
mod land_held;
mod performer;
mod removable;
mod remove;
mod secrets;
mod tick;
mod world;

use piton_plan::PlanId;
use serde::{Deserialize, Serialize};

use crate::runs::RunId;

pub use agent::{AgentChoice, Agents};
pub use call::{CANDIDATE, CallAgent};
pub use land_held::LandHeld;
pub use performer::{Lands, LoopPerformer};
pub use remove::Remove;
pub use secrets::secrets_of;
pub use tick::{COMMIT, LandWork, WorkOn};
pub use world::LoopWorld;

piton_plan::family! {
    /// One operation of the loop.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum LoopOp, LoopSeen for LoopWorld<'_>, LoopPerformer<'_, '_> {
        Call(CallAgent),
        RemoveRun(Remove<RunId>),
        Work(WorkOn),
        Land(LandWork),
        LandHeld(LandHeld),
        RemoveJournal(Remove<PlanId>),
        RemoveSlots(Remove<u32>),
    }
}
