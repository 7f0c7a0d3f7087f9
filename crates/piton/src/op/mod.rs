//! Every operation that a plan of piton's may hold.

mod house;
mod move_migrations;
mod outside;
mod planning;

use std::borrow::Cow;

use piton_plan::files::FileOp;
use piton_plan::{ConflictMode, Detail, Operation, OutputRef, Verb};
use serde::{Deserialize, Serialize};

pub(crate) use house::{CommitPath, Recover, SetAside};
pub(crate) use move_migrations::{InTheWay, MoveMigrations, Rewrite};
pub(crate) use outside::OutsideFile;
pub(crate) use planning::{
    AskedEffort, CANDIDATE, CallAgent, Candidate, Edit, Edits, Next, Publish,
};

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
    Call(Box<CallAgent>),
    Publish(Box<Publish>),
}

/// Hands a method over to the family at hand.
macro_rules! delegate {
    ($self:ident.$method:ident()) => {
        match $self {
            Op::File(op) => op.$method(),
            Op::Outside(op) => op.$method(),
            Op::MoveMigrations(op) => op.$method(),
            Op::Recover(op) => op.$method(),
            Op::SetAside(op) => op.$method(),
            Op::Commit(op) => op.$method(),
            Op::Call(op) => op.$method(),
            Op::Publish(op) => op.$method(),
        }
    };
}

impl Operation for Op {
    fn category(&self) -> &'static str {
        delegate!(self.category())
    }

    fn verb(&self) -> Verb {
        delegate!(self.verb())
    }

    fn target(&self) -> Cow<'_, str> {
        delegate!(self.target())
    }

    fn description(&self) -> Cow<'_, str> {
        delegate!(self.description())
    }

    fn uses(&self) -> Vec<&OutputRef> {
        delegate!(self.uses())
    }

    fn produces(&self) -> &'static [&'static str] {
        delegate!(self.produces())
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        delegate!(self.premise())
    }

    fn expectation(&self) -> Cow<'_, str> {
        delegate!(self.expectation())
    }

    fn details(&self) -> Vec<Detail> {
        delegate!(self.details())
    }

    fn conflict(&self) -> Option<ConflictMode> {
        delegate!(self.conflict())
    }

    fn destructive(&self) -> bool {
        delegate!(self.destructive())
    }

    fn reversible(&self) -> bool {
        delegate!(self.reversible())
    }

    fn repeatable(&self) -> bool {
        delegate!(self.repeatable())
    }
}

impl From<FileOp> for Op {
    fn from(op: FileOp) -> Self {
        Self::File(op)
    }
}
