//! The half that changes.

use piton_base::StateDir;
use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_durable::{Lock, LockGuard};
use piton_plan::files::{FilePerformer, backups_dir, sweep};
use piton_plan::{Done, Failure, FailureKind, Given, Perform, PlanId};

use super::planning::Recording;
use super::{Reading, house, migrations_dir, runs};
use crate::context::Context;
use crate::op::Op;

/// How long an action waits for another piton to finish what it is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does what an operation says, and nothing else.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    context: &'a Context,
    reading: &'a Reading<'a>,
    state: &'a StateDir,
    backups: PathBuf,
    recording: Recording<'a>,
}

impl<'a> Writing<'a> {
    pub(crate) fn new(
        context: &'a Context,
        reading: &'a Reading<'a>,
        state: &'a StateDir,
        journals: &Path,
        id: PlanId,
    ) -> Self {
        Self {
            context,
            reading,
            state,
            backups: backups_dir(journals, id),
            recording: Recording::default(),
        }
    }

    /// Takes the one lock of this clone, for as long as one action takes.
    fn lock(&self, what: &str) -> Result<LockGuard, Failure> {
        Lock::at(self.state.lock())
            .acquire(&self.context.holder(what), PATIENCE)
            .map_err(|error| Failure::of(FailureKind::Io, &error))
    }
}

impl Perform<Op> for Writing<'_> {
    fn perform(&self, operation: &Op, given: &Given<'_>) -> Result<Done, Failure> {
        let files = |root| FilePerformer {
            disk: &self.context.disk,
            root,
            backups: &self.backups,
        };
        match operation {
            Op::File(op) => {
                let _held = self.lock("writing a file")?;
                let top = self.reading.top()?;
                sweep(&self.context.disk, top, [op])?;
                files(top).perform(op, given)
            }
            Op::Outside(op) => {
                let _held = self.lock("writing a file")?;
                sweep(&self.context.disk, &op.root, [&op.file])?;
                files(&op.root).perform(&op.file, given)
            }
            Op::MoveMigrations(op) => {
                let _held = self.lock("moving the migrations directory")?;
                migrations_dir::perform(&self.context.disk, self.reading.top()?, &self.backups, op)
            }
            // The publisher takes the lock itself.
            Op::Recover(_) => house::recover(self.reading.publishing()?),
            Op::SetAside(op) => {
                let _held = self.lock("setting something aside")?;
                house::set_aside(&self.context.disk, self.reading.top()?, self.state, op)
            }
            Op::Commit(op) => {
                let _held = self.lock("a commit")?;
                house::commit(self.reading.repository()?, op)
            }
            // A call takes its time and touches nothing live: no lock.
            Op::Call(op) => self.recording.call(self.context, self.reading.place()?, op),
            Op::RemoveRun(op) => {
                let holder = self.context.holder("removing a run record");
                runs::remove(
                    &self.context.disk,
                    &self.reading.place()?.runs(),
                    &holder,
                    op,
                )
            }
            Op::Publish(op) => {
                let (place, publishing) = (self.reading.place()?, self.reading.publishing()?);
                let publishing = (publishing, self.reading.settled());
                self.recording
                    .publish(self.context, place, publishing, op, given)
            }
        }
    }
}
