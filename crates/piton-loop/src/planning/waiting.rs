//! Answers that were accepted and paid for, and wait to be published.
//!
//! A candidate may not be published for reasons that have nothing to do with
//! it: a lock, a full disk, a hook, another branch. It stays, with a note of
//! what it is, and the same command publishes it without another call.

use std::ffi::OsStr;
use std::path::Path;

use piton_durable::{Disk, DiskRead, DiskResult, Image, Kind, Stat, TreeDigest, TreeError};
use piton_git::Tip;
use piton_migration::candidate::{Candidate, CandidateError, MAX_NOTE, NOTE};
use piton_migration::planning::Step;
use piton_migration::slug::Slug;
use serde::{Deserialize, Serialize};

use super::site::Site;
use super::snapshot::Snapshot;
use crate::runs::RunId;

const VERSION: u32 = 2;

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
    pub slug: Slug,
    /// The live directory, from the top of the repository.
    pub destination: String,
    /// The digest of the live migration that the step started from.
    pub base: TreeDigest,
    pub candidate: Candidate,
}

/// What an answer was made from.
#[derive(Debug)]
pub(crate) struct Ground<'a> {
    pub(crate) step: Step,
    pub(crate) on: Tip,
    pub(crate) base: &'a Snapshot,
    pub(crate) destination: &'a str,
}

impl Waiting {
    /// Notes durably that a candidate waits.
    pub(crate) fn keep(
        disk: &dyn Disk,
        run: &RunId,
        ground: Ground<'_>,
        (candidate, image): (&Candidate, &Image),
    ) -> Result<(), CandidateError> {
        let this = Self {
            version: VERSION,
            run: run.clone(),
            step: ground.step,
            on: ground.on,
            slug: ground.base.slug.clone(),
            destination: ground.destination.to_owned(),
            base: ground.base.digest.clone(),
            candidate: candidate.clone(),
        };
        let note = serde_json::to_vec_pretty(&this).unwrap_or_default();
        Ok(candidate.keep(disk, image, &note)?)
    }

    /// Returns the newest answer that waits for the step which starts from what
    /// is live, on the branch that is checked out.
    pub fn find(
        disk: &dyn DiskRead,
        site: &Site,
        slug: &Slug,
        on: &Tip,
    ) -> Result<Option<Self>, TreeError> {
        let mut found = all(disk, site)?;
        found.retain(|one| one.slug == *slug && one.on.reference == on.reference);
        if found.is_empty() {
            return Ok(None);
        }
        let base = TreeDigest::of(disk, &site.live(slug))?;
        found.retain(|one| one.base == base);
        // An answer that cannot be read was paid for; the call is not made again.
        let mut there = Vec::new();
        for one in found {
            if one.candidate.is_there(disk)? {
                there.push(one);
            }
        }
        let mut found = there;
        found.sort_by(|a, b| a.run.cmp(&b.run));
        Ok(found.pop())
    }

    fn is_live(&self, disk: &dyn DiskRead, site: &Site) -> bool {
        TreeDigest::of(disk, &site.live(&self.slug))
            .is_ok_and(|digest| digest == self.candidate.digest)
    }

    /// Removes what waits for steps of a migration that has gone on since.
    pub fn forget(
        disk: &dyn Disk,
        site: &Site,
        slug: &Slug,
        on: Option<&Tip>,
    ) -> Result<(), TreeError> {
        for one in all(disk, site)? {
            let here = on.is_none_or(|on| on.reference == one.on.reference);
            if one.slug == *slug && here {
                one.candidate.remove(disk)?;
            }
        }
        Ok(())
    }
}

/// Tells whether an answer waits in a directory of candidates. What cannot be
/// looked at may be one; one that stands live already waits for nothing: its
/// piton was killed after the publish and before it could forget the answer.
pub(super) fn is_in(disk: &dyn DiskRead, site: &Site, dir: &Path) -> bool {
    match disk.list(dir) {
        Ok(entries) => entries
            .iter()
            .filter(|entry| is_note(&entry.name))
            .any(|note| match read(disk, dir, &note.name) {
                Ok(Some(one)) => !one.is_live(disk, site),
                Ok(None) | Err(_) => true,
            }),
        Err(_) => true,
    }
}

fn is_note(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.ends_with(NOTE))
}

fn all(disk: &dyn DiskRead, site: &Site) -> DiskResult<Vec<Waiting>> {
    let home = site.candidates();
    let mut found = Vec::new();
    for entry in disk.list_if_there(&home)? {
        let dir = home.join(entry.name);
        let mut names = disk.list_if_there(&dir)?;
        names.retain(|entry| is_note(&entry.name));
        for note in names {
            found.extend(read(disk, &dir, &note.name)?);
        }
    }
    Ok(found)
}

/// Reads a note; `None` of what is none. One that the disk does not give away is
/// an error: somebody paid for what it names.
fn read(disk: &dyn DiskRead, dir: &Path, note: &OsStr) -> DiskResult<Option<Waiting>> {
    let path = dir.join(note);
    let bytes = match disk.read_at_most(&path, MAX_NOTE) {
        Ok(bytes) => bytes,
        Err(error) => {
            let stat = disk.stat(&path)?;
            let is_note = |stat: Stat| stat.kind == Kind::File && stat.len <= MAX_NOTE;
            return if stat.is_some_and(is_note) {
                Err(error)
            } else {
                Ok(None)
            };
        }
    };
    // The copy of its files follows.
    let mut values = serde_json::Deserializer::from_slice(&bytes).into_iter::<Waiting>();
    let Some(Ok(one)) = values.next() else {
        return Ok(None);
    };
    // A clone may have been moved; a note may name no other place.
    let stands = dir.join(one.slug.as_str());
    Ok((one.version == VERSION).then_some(Waiting {
        candidate: Candidate {
            dir: stands,
            ..one.candidate
        },
        ..one
    }))
}
