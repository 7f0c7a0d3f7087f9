//! How a migration stands to a planning step.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use piton_durable::{DiskRead, TreeDigest};
use piton_git::{GitError, GitRead, Tip};
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
    if let Some(changed) = moved(place, op.on.as_ref())? {
        return Ok(changed);
    }
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
    settled: &Settled,
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
    if already || settled.is(&op.slug, &found) {
        return Ok(Observation::Already {
            outputs: OutputMap::new(),
        });
    }
    if let Some(changed) = moved(place, op.on.as_ref())? {
        return Ok(changed);
    }
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

/// What publishes of this process have made live. Hooks may have changed a
/// candidate on its way, and then it is not what the plan said beforehand.
#[derive(Debug, Default)]
pub(in super::super) struct Settled(Mutex<Vec<(Slug, TreeDigest)>>);

impl Settled {
    pub(super) fn note(&self, slug: &Slug, digest: &TreeDigest) {
        self.open().push((slug.clone(), digest.clone()));
    }

    fn is(&self, slug: &Slug, digest: &TreeDigest) -> bool {
        self.open()
            .iter()
            .any(|(known, made)| known == slug && made == digest)
    }

    fn open(&self) -> MutexGuard<'_, Vec<(Slug, TreeDigest)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells in how far HEAD is not where it was: on another branch, on one that
/// no longer holds the commit, or in the middle of something.
fn moved(place: &Place, on: Option<&Tip>) -> Result<Option<Observation>, Failure> {
    let git = &place.repository;
    let failed = |error: &GitError| Failure::of(FailureKind::Io, error);
    let Some(wanted) = on else { return Ok(None) };
    let changed =
        |expected: String, found: String| Ok(Some(Observation::Changed { expected, found }));
    if let Some(begun) = git.under_way() {
        return changed(
            "nothing begun with git".to_owned(),
            format!("{begun} is under way; {}", begun.way_out()),
        );
    }
    let found = git.tip().map_err(|error| failed(&error))?;
    if found.reference != wanted.reference {
        return changed(
            wanted.to_string(),
            format!("{found} is checked out; check out {wanted} again"),
        );
    }
    let stands = match (&wanted.commit, &found.commit) {
        (None, _) => true,
        (Some(earlier), Some(later)) => git
            .contains(later, earlier)
            .map_err(|error| failed(&error))?,
        (Some(_), None) => false,
    };
    match &wanted.commit {
        Some(commit) if !stands => changed(
            format!("{wanted} with the commit {}", commit.short()),
            "it is not there any more".to_owned(),
        ),
        _ => Ok(None),
    }
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
