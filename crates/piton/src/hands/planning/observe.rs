//! How a migration stands to a planning step.

use std::path::Path;

use piton_durable::{DiskRead, TreeDigest};
use piton_loop::planning::contents::Contents;
use piton_migration::slug::Slug;
use piton_plan::{Failure, FailureKind, Given, Observation, OutputMap};

use crate::context::Place;
use crate::op::{CallAgent, Edits, Next, Publish, short};

/// Whether a call may be made: what it is about stands as it stood.
pub(in super::super) fn observe_call(
    disk: &dyn DiskRead,
    place: &Place,
    op: &CallAgent,
) -> Result<Observation, Failure> {
    let found = live_digest(disk, place, &op.slug)?;
    Ok(if found == op.base {
        Observation::Pending {
            found: format!("the migration at {}", short(&found)),
        }
    } else {
        Observation::Changed {
            expected: format!("the migration at {}", short(&op.base)),
            found: format!("it is at {}", short(&found)),
        }
    })
}

pub(in super::super) fn observe_publish(
    disk: &dyn DiskRead,
    place: &Place,
    op: &Publish,
    given: &Given<'_>,
) -> Result<Observation, Failure> {
    let found = live_digest(disk, place, &op.slug)?;
    let already = match &op.next {
        Next::Candidate(slot) => match given.value(slot) {
            Ok(candidate) => candidate.digest == found,
            // Not known before the call; then only the base can be looked at.
            Err(_) => false,
        },
        Next::Edits(edits) => edited(disk, &place.live().migration(&op.slug), edits)?,
    };
    Ok(if already {
        Observation::Already {
            outputs: OutputMap::new(),
        }
    } else if found == op.base {
        Observation::Pending {
            found: format!("the migration at {}", short(&found)),
        }
    } else {
        Observation::Changed {
            expected: format!("the migration at {}", short(&op.base)),
            found: format!("it is at {}", short(&found)),
        }
    })
}

fn edited(disk: &dyn DiskRead, live: &Path, edits: &Edits) -> Result<bool, Failure> {
    let Some(contents) =
        Contents::read(disk, live).map_err(|error| Failure::of(FailureKind::Io, &error))?
    else {
        return Ok(false);
    };
    Ok(edits.files.iter().all(|edit| {
        let wanted = edit
            .content
            .as_ref()
            .and_then(piton_plan::files::Content::known);
        contents.get(&edit.path) == wanted.as_deref()
    }))
}

fn live_digest(disk: &dyn DiskRead, place: &Place, slug: &Slug) -> Result<TreeDigest, Failure> {
    TreeDigest::of(disk, &place.live().migration(slug))
        .map_err(|error| Failure::of(FailureKind::Io, &error))
}
