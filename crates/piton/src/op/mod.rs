//! Every operation that a plan of piton's may hold.

mod house;
mod move_migrations;
mod outside;
mod planning;
mod remove_run;

use piton_plan::files::FileOp;
use serde::{Deserialize, Serialize};

pub(crate) use house::{CommitPath, Recover, SetAside};
pub(crate) use move_migrations::{InTheWay, MoveMigrations, Rewrite};
pub(crate) use outside::OutsideFile;
pub(crate) use planning::{
    AskedEffort, CANDIDATE, CallAgent, Candidate, Edit, Edits, Next, Publish, short,
};
pub(crate) use remove_run::{OVER, RemoveRun};

/// One operation, of whatever family. Saved plans and journals hold these, so
/// any command can read any of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Op {
    /// A file of the repository.
    File(FileOp),
    /// A file below another folder.
    Outside(OutsideFile),
    /// The migrations directory, moved as a whole.
    MoveMigrations(MoveMigrations),
    Recover(Recover),
    SetAside(SetAside),
    Commit(CommitPath),
    Call(CallAgent),
    Publish(Publish),
    RemoveRun(RemoveRun),
}

impl Op {
    /// Whether it takes something away that nothing keeps: neither git nor the
    /// journal.
    pub(crate) fn is_for_good(&self) -> bool {
        match self {
            Self::RemoveRun(_) => true,
            Self::File(_)
            | Self::Outside(_)
            | Self::MoveMigrations(_)
            | Self::Recover(_)
            | Self::SetAside(_)
            | Self::Commit(_)
            | Self::Call(_)
            | Self::Publish(_) => false,
        }
    }
}

piton_plan::delegate_operation!(Op:
    File(FileOp),
    Outside(OutsideFile),
    MoveMigrations(MoveMigrations),
    Recover(Recover),
    SetAside(SetAside),
    Commit(CommitPath),
    Call(CallAgent),
    Publish(Publish),
    RemoveRun(RemoveRun),
);
