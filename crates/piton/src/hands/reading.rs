//! The half that looks.

use std::path::Path;

use piton_durable::DiskRead;
use piton_git::{GitRead, Repository};
use piton_plan::files::FileWorld;
use piton_plan::{Failure, FailureKind, Given, Observation, Observe};

use super::{Publishing, house, migrations_dir, planning, runs};
use crate::context::{Context, Place};
use crate::op::Op;

/// Tells how the world stands to an operation; it can change nothing.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    disk: &'a dyn DiskRead,
    place: Option<Place>,
    publishing: Option<Publishing>,
    settled: planning::Settled,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(context: &'a Context, place: Option<&Place>) -> Self {
        Self {
            disk: &context.disk,
            place: place.cloned(),
            settled: planning::Settled::default(),
            publishing: place.map(|place| Publishing::new(&place.repository, place.live())),
        }
    }

    /// Returns the top of the repository that plans here are about.
    pub(super) fn top(&self) -> Result<&Path, Failure> {
        self.repository().map(GitRead::top)
    }

    pub(super) fn repository(&self) -> Result<&Repository, Failure> {
        self.place().map(|place| &place.repository)
    }

    pub(super) fn place(&self) -> Result<&Place, Failure> {
        self.place.as_ref().ok_or_else(no_repository)
    }

    pub(super) fn settled(&self) -> &planning::Settled {
        &self.settled
    }

    pub(super) fn publishing(&self) -> Result<&Publishing, Failure> {
        self.publishing.as_ref().ok_or_else(no_repository)
    }
}

impl Observe<Op> for Reading<'_> {
    fn observe(&self, operation: &Op, given: &Given<'_>) -> Result<Observation, Failure> {
        match operation {
            Op::File(op) => FileWorld {
                disk: self.disk,
                root: self.top()?,
            }
            .observe(op, given),
            Op::Outside(op) => FileWorld {
                disk: self.disk,
                root: &op.root,
            }
            .observe(&op.file, given),
            Op::MoveMigrations(op) => migrations_dir::observe(self.disk, self.top()?, op),
            Op::Recover(_) => Ok(house::observe_recovery(self.publishing()?)),
            Op::SetAside(op) => house::observe_aside(self.disk, self.top()?, op),
            Op::Commit(op) => house::observe_commit(self.repository()?, op),
            Op::Call(op) => planning::observe_call(self.disk, self.place()?, op),
            Op::RemoveRun(op) => runs::observe(self.disk, &self.place()?.runs(), op),
            Op::Publish(op) => {
                planning::observe_publish(self.disk, self.place()?, &self.settled, op, given)
            }
        }
    }
}

fn no_repository() -> Failure {
    Failure::new(
        FailureKind::NotFound,
        "the plan is about a repository, and this is none; use -C",
    )
}
