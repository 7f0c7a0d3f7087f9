//! Every operation that a plan of piton's may hold.

use piton_backend::operation::BackendOp;
use piton_github::operation::ForgeOp;
use piton_loop::operation::LoopOp;
use piton_migration::operation::MigrationOp;
use piton_plan::files::FileOp;
use piton_traffic::operation::TrafficOp;
use serde::{Deserialize, Serialize};

/// One operation, of whatever family. Saved plans and journals hold these, so
/// any command can read any of them. How a family is added is told in
/// `docs/design/plan-engine.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Op {
    File(FileOp),
    Migration(MigrationOp),
    Loop(LoopOp),
    Backend(BackendOp),
    Forge(ForgeOp),
    Traffic(TrafficOp),
}

impl Op {
    /// Whether it leads to a commit, or moves what git tracks.
    pub(crate) fn changes_what_is_tracked(&self) -> bool {
        match self {
            Self::Migration(_)
            | Self::Loop(
                LoopOp::Call(_) | LoopOp::Work(_) | LoopOp::Land(_) | LoopOp::LandHeld(_),
            ) => true,
            Self::Loop(
                LoopOp::RemoveRun(_) | LoopOp::RemoveJournal(_) | LoopOp::RemoveSlots(_),
            )
            | Self::File(_)
            | Self::Backend(_)
            | Self::Forge(_)
            | Self::Traffic(_) => false,
        }
    }

    /// Whether it takes something away that nothing keeps: neither git nor the
    /// journal.
    pub(crate) fn is_for_good(&self) -> bool {
        match self {
            Self::Loop(
                LoopOp::RemoveRun(_) | LoopOp::RemoveJournal(_) | LoopOp::RemoveSlots(_),
            )
            | Self::Forge(ForgeOp::RemoveGist(_)) => true,
            Self::File(_)
            | Self::Migration(_)
            | Self::Loop(
                LoopOp::Call(_) | LoopOp::Work(_) | LoopOp::Land(_) | LoopOp::LandHeld(_),
            )
            | Self::Backend(_)
            | Self::Forge(_)
            | Self::Traffic(_) => false,
        }
    }
}

piton_plan::delegate_operation!(pub(crate) enum Seen for Op:
    File(FileOp),
    Migration(MigrationOp),
    Loop(LoopOp),
    Backend(BackendOp),
    Forge(ForgeOp),
    Traffic(TrafficOp),
);
