//! The half that looks.

use std::path::Path;

use piton_durable::DiskRead;
use piton_git::{GitRead, Repository};
use piton_plan::files::FileWorld;
use piton_plan::{Failure, FailureKind, Given, Observation, Observe};

use super::migrations_dir;
use crate::context::Context;
use crate::op::Op;

/// Tells how the world stands to an operation; it can change nothing.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    disk: &'a dyn DiskRead,
    repository: Option<Repository>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(context: &'a Context, repository: Option<Repository>) -> Self {
        Self {
            disk: &context.disk,
            repository,
        }
    }

    /// Returns the top of the repository that plans here are about.
    pub(super) fn top(&self) -> Result<&Path, Failure> {
        match &self.repository {
            Some(repository) => Ok(repository.top()),
            None => Err(Failure::new(
                FailureKind::NotFound,
                "the plan is about a repository, and this is none; use -C",
            )),
        }
    }

    pub(super) fn repository(&self) -> Option<&Repository> {
        self.repository.as_ref()
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
        }
    }
}
