//! Looking at and changing the house itself: recovery, evidence, commits.

use piton_base::StateDir;
use std::path::Path;

use piton_durable::transaction::keep;
use piton_durable::{Disk, DiskRead};
use piton_git::{Git, GitError, GitRead};
use piton_plan::{Done, Failure, FailureKind, Observation, OutputMap};

use super::Publishing;
use crate::op::{CommitPath, SetAside};

pub(super) fn observe_recovery(publishing: &Publishing) -> Observation {
    if publishing.publisher().is_anything_left() {
        Observation::Pending {
            found: "leftovers of interrupted publishes".into(),
        }
    } else {
        Observation::Already {
            outputs: OutputMap::new(),
        }
    }
}

pub(super) fn recover(publishing: &Publishing) -> Result<Done, Failure> {
    let notices = publishing
        .publisher()
        .recover()
        .map_err(|error| Failure::of(FailureKind::Io, &error))?;
    let lines: Vec<String> = notices.iter().map(ToString::to_string).collect();
    Ok(Done::saying(lines.join("; ")))
}

pub(super) fn observe_aside(
    disk: &dyn DiskRead,
    top: &Path,
    op: &SetAside,
) -> Result<Observation, Failure> {
    match disk.stat(&op.path.under(top)) {
        Ok(None) => Ok(Observation::Already {
            outputs: OutputMap::new(),
        }),
        Ok(Some(_)) => Ok(Observation::Pending {
            found: "something is there".into(),
        }),
        Err(error) => Err(Failure::new(
            FailureKind::Io,
            format!("could not look at {}: {error}", op.path),
        )),
    }
}

pub(super) fn set_aside(
    disk: &dyn Disk,
    top: &Path,
    state: &StateDir,
    op: &SetAside,
) -> Result<Done, Failure> {
    let kept = keep(disk, &op.path.under(top), &state.failures())
        .map_err(|error| Failure::of(FailureKind::Io, &error))?;
    Ok(Done::saying(format!("kept in {}", kept.display())))
}

pub(super) fn observe_commit(git: &dyn GitRead, op: &CommitPath) -> Result<Observation, Failure> {
    let changed = git
        .status(&[Path::new(op.path.as_str())], false)
        .map_err(|error| git_failure(&error))?;
    Ok(if changed.is_empty() {
        Observation::Already {
            outputs: OutputMap::new(),
        }
    } else {
        Observation::Pending {
            found: format!("{} uncommitted paths", changed.len()),
        }
    })
}

pub(super) fn commit(git: &dyn Git, op: &CommitPath) -> Result<Done, Failure> {
    let id = git
        .commit_paths(&[Path::new(op.path.as_str())], &op.message)
        .map_err(|error| git_failure(&error))?;
    Ok(Done::saying(id.map_or_else(String::new, |id| {
        format!("committed as {}", id.short())
    })))
}

pub(super) fn git_failure(error: &GitError) -> Failure {
    let hint = error
        .hint()
        .map(|hint| format!("; {hint}"))
        .unwrap_or_default();
    let failure = Failure::of(FailureKind::Io, error);
    Failure::new(failure.kind, format!("could not {}{hint}", failure.error))
}
