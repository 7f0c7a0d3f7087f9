//! Records of runs, looked at and removed.

use std::path::Path;

use piton_durable::{Disk, DiskRead, Holder};
use piton_loop::runs::{self, PruneError, RunDir, RunState};
use piton_plan::{Done, Failure, FailureKind, Observation, OutputMap};

use crate::op::{OVER, RemoveRun};

pub(super) fn observe(
    disk: &dyn DiskRead,
    runs: &Path,
    op: &RemoveRun,
) -> Result<Observation, Failure> {
    let dir = RunDir::of(runs, &op.id);
    let there = disk.stat(dir.path()).map_err(|error| {
        Failure::new(
            FailureKind::Io,
            format!("could not look at {}: {error}", dir.path().display()),
        )
    })?;
    Ok(match (there, runs::state_of(runs, &op.id)) {
        (None, _) => Observation::Already {
            outputs: OutputMap::new(),
        },
        (Some(_), RunState::Over) => Observation::Pending { found: OVER.into() },
        (Some(_), RunState::Live) => Observation::Changed {
            expected: OVER.into(),
            found: "a run that is under way".into(),
        },
    })
}

/// Removes a record. The run's own lock keeps a living one from going; the
/// clone's lock is not needed for what nobody else writes.
pub(super) fn remove(
    disk: &dyn Disk,
    runs: &Path,
    holder: &Holder,
    op: &RemoveRun,
) -> Result<Done, Failure> {
    runs::remove(disk, runs, &op.id, holder).map_err(|error| {
        let kind = match &error {
            PruneError::Live { .. } => FailureKind::Conflict,
            PruneError::Remove { .. } => FailureKind::Io,
        };
        Failure::of(kind, &error)
    })?;
    Ok(Done::default())
}
