//! Answers that were accepted and paid for, and wait to be published.
//!
//! A candidate may not be published for reasons that have nothing to do with
//! it: a lock, a full disk, a hook, another branch. It stays, with a note of
//! what it is, and the same command publishes it without another call.

use std::path::PathBuf;

use piton_durable::{Disk, DiskRead, TreeDigest, TreeError, tree, write_atomic};
use piton_git::Tip;
use piton_migration::planning::Step;
use piton_migration::slug::Slug;
use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, CandidateError};
use super::site::Site;
use crate::runs::RunId;

/// The note beside a candidate.
const NOTE: &str = "answer.json";

/// No note is longer.
const LIMIT: u64 = 1 << 20;

/// An accepted answer, and the migration's next state that was made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    version: u32,
    /// The run whose call gave it.
    pub run: RunId,
    pub step: Step,
    /// The branch that it belongs on.
    pub on: Tip,
    pub candidate: Candidate,
    pub digest: TreeDigest,
}

impl Waiting {
    /// Notes durably that a candidate waits.
    pub(super) fn keep(
        disk: &dyn Disk,
        run: &RunId,
        step: Step,
        on: &Tip,
        candidate: &Candidate,
    ) -> Result<(), CandidateError> {
        let unreadable = CandidateError::Clear;
        let this = Self {
            version: 1,
            run: run.clone(),
            step,
            on: on.clone(),
            digest: TreeDigest::of(disk, &candidate.dir).map_err(unreadable)?,
            candidate: candidate.clone(),
        };
        tree::sync(disk, &candidate.dir).map_err(unreadable)?;
        let bytes = serde_json::to_vec_pretty(&this).unwrap_or_default();
        write_atomic(disk, &candidate.dir.with_file_name(NOTE), &bytes, 0o600)?;
        Ok(())
    }

    /// Returns the newest answer that waits for the step which starts from
    /// `base`, on the branch that is checked out.
    pub fn find(
        disk: &dyn DiskRead,
        site: &Site,
        slug: &Slug,
        base: &TreeDigest,
        on: &Tip,
    ) -> Option<Self> {
        let mut found: Vec<Self> = all(disk, site)
            .into_iter()
            .filter(|one| {
                one.candidate.slug == *slug
                    && one.candidate.base == *base
                    && one.on.reference == on.reference
                    && TreeDigest::of(disk, &one.candidate.dir)
                        .is_ok_and(|digest| digest == one.digest)
            })
            .collect();
        found.sort_by(|a, b| a.run.cmp(&b.run));
        found.pop()
    }

    /// Removes what waits for steps of a migration that has gone on since.
    pub fn forget(
        disk: &dyn Disk,
        site: &Site,
        slug: &Slug,
        on: Option<&Tip>,
    ) -> Result<(), TreeError> {
        for one in all(disk, site) {
            let here = on.is_none_or(|on| on.reference == one.on.reference);
            if one.candidate.slug == *slug && here {
                one.candidate.remove(disk)?;
            }
        }
        Ok(())
    }
}

/// Tells whether an answer waits in a directory of a candidate.
pub(super) fn is_in(disk: &dyn DiskRead, dir: &std::path::Path) -> bool {
    !matches!(disk.stat(&dir.join(NOTE)), Ok(None))
}

fn all(disk: &dyn DiskRead, site: &Site) -> Vec<Waiting> {
    let home = site.candidates();
    let read = |dir: PathBuf| -> Option<Waiting> {
        let bytes = disk.read_at_most(&dir.join(NOTE), LIMIT).ok()?;
        let one: Waiting = serde_json::from_slice(&bytes).ok()?;
        // A clone may have been moved; a note may name no other place.
        let stands = dir.join(one.candidate.slug.as_str());
        (one.version == 1).then_some(Waiting {
            candidate: Candidate {
                dir: stands,
                ..one.candidate
            },
            ..one
        })
    };
    disk.list(&home)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|entry| read(home.join(entry.name)))
        .collect()
}
