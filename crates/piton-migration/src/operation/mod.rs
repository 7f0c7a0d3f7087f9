//! The operations on migrations, with the two halves of their world.
//!
//! [`MigrationWorld`] looks, [`MigrationPerformer`] changes. A plan of a
//! command holds these among others; a deciding function is generic over any
//! sum that they go into.

mod branch;
mod event;
mod hooks;
mod house;
mod keeping;
mod move_dir;
mod moving;
mod performer;
mod publish;
mod publishing;
mod settled;
mod world;

use serde::{Deserialize, Serialize};

pub use branch::moved;
pub use event::MigrationEvent;
pub use hooks::{CommitHooks, Hooked, ToCommit};
pub use house::{CommitPath, Recover, SetAside};
pub use move_dir::{InTheWay, MoveDir, Rewrite};
pub use performer::MigrationPerformer;
pub use publish::{Edit, Edits, Next, Publish, stands};
pub use settled::Settled;
pub use world::MigrationWorld;

piton_plan::family! {
    /// One operation on migrations.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    pub enum MigrationOp, MigrationSeen for MigrationWorld<'_>, MigrationPerformer<'_> {
        Publish(Publish),
        Recover(Recover),
        SetAside(SetAside),
        Commit(CommitPath),
        /// The migrations directory, moved as a whole.
        Move(MoveDir),
    }
}
