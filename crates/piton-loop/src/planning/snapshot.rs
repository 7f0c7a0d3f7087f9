//! A migration as it was last accepted.

use jiff::Timestamp;
use piton_durable::{DiskRead, TreeDigest};
use piton_migration::json::DecodeError;
use piton_migration::manifest::{MANIFEST_FILE, Manifest, MigrationState, Planning, Status};
use piton_migration::own::{OWN_FILE, OwnData, OwnDataError, ReviewNote, Target};
use piton_migration::planning::{
    PlanningState, Position, ReferenceError, STATE_FILE, StageRef, StateError, Step,
};
use piton_migration::slug::Slug;
use piton_migration::stamp::{RawStamp, Stamp};

use super::paths::{PathError, refuse_links};
use super::site::Site;
use piton_migration::contents::{Contents, ContentsError};

/// A live migration, whatever its status and whoever planned it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub slug: Slug,
    pub manifest: Manifest,
    /// What piton knows beyond the files it shares; empty for a migration that
    /// it never touched.
    pub own: OwnData,
    pub contents: Contents,
    /// The digest of the directory that all of this was read from.
    pub digest: TreeDigest,
}

/// Everything that was accepted of one migration in planning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub slug: Slug,
    pub manifest: Manifest,
    pub state: PlanningState,
    /// What piton knows beyond the planning record; empty for a migration that
    /// the original planned so far.
    pub own: OwnData,
    pub contents: Contents,
    /// The digest of the live directory that all of this was read from.
    pub digest: TreeDigest,
}

/// A migration could not be taken up.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    #[error("there is no migration named {slug}")]
    NotThere { slug: Slug },
    #[error("the migration's directory cannot be used")]
    Path(#[from] PathError),
    #[error(transparent)]
    Contents(#[from] ContentsError),
    #[error("the migration {slug} has no {MANIFEST_FILE}")]
    NoManifest { slug: Slug },
    #[error("the manifest of {slug} cannot be read")]
    Manifest {
        slug: Slug,
        #[source]
        source: DecodeError,
    },
    #[error("{slug} has no planning record, so it was planned by a version that kept none")]
    NoState { slug: Slug },
    #[error("the planning record of {slug} cannot be read")]
    State {
        slug: Slug,
        #[source]
        source: StateError,
    },
    #[error("the planning record of {slug} cannot be followed")]
    Reference {
        slug: Slug,
        #[source]
        source: ReferenceError,
    },
    #[error("what piton notes about {slug} cannot be read")]
    Own {
        slug: Slug,
        #[source]
        source: OwnDataError,
    },
}

impl SnapshotError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotThere { .. } => Some("`piton migration list` shows what there is".to_owned()),
            Self::NoManifest { slug }
            | Self::Manifest { slug, .. }
            | Self::State { slug, .. }
            | Self::Reference { slug, .. }
            | Self::Own { slug, .. } => Some(format!(
                "`piton migration doctor {slug}` says what is wrong and how to repair it"
            )),
            Self::Path(_) | Self::Contents(_) | Self::NoState { .. } => None,
        }
    }
}

impl Live {
    /// Reads a live migration, whatever its status.
    pub fn read(disk: &dyn DiskRead, site: &Site, slug: &Slug) -> Result<Self, SnapshotError> {
        refuse_links(disk, site.root(), &site.relative(slug))?;
        let dir = site.live(slug);
        let Some((contents, digest)) = Contents::read_with_digest(disk, &dir)? else {
            return Err(SnapshotError::NotThere { slug: slug.clone() });
        };
        let slug = slug.clone();
        let Some(bytes) = contents.get(MANIFEST_FILE) else {
            return Err(SnapshotError::NoManifest { slug });
        };
        let manifest = Manifest::decode(bytes).map_err(|source| SnapshotError::Manifest {
            slug: slug.clone(),
            source,
        })?;
        // Notes that cannot be read must not be written over either.
        let own = match contents.get(OWN_FILE) {
            Some(bytes) => OwnData::decode(bytes).map_err(|source| SnapshotError::Own {
                slug: slug.clone(),
                source,
            })?,
            None => OwnData::new(),
        };
        Ok(Self {
            slug,
            manifest,
            own,
            contents,
            digest,
        })
    }

    /// Reads the planning record, if the migration has one that can be read.
    pub fn state(&self) -> Option<PlanningState> {
        PlanningState::decode(self.contents.get(STATE_FILE)?).ok()
    }
}

impl Snapshot {
    /// Reads a live migration with its planning record.
    pub fn read(disk: &dyn DiskRead, site: &Site, slug: &Slug) -> Result<Self, SnapshotError> {
        let Live {
            slug,
            manifest,
            own,
            contents,
            digest,
        } = Live::read(disk, site, slug)?;
        let Some(bytes) = contents.get(STATE_FILE) else {
            return Err(SnapshotError::NoState { slug });
        };
        let state = PlanningState::decode(bytes).map_err(|source| SnapshotError::State {
            slug: slug.clone(),
            source,
        })?;
        state
            .check_references(disk, &site.live(&slug), &site.home(&slug))
            .map_err(|source| SnapshotError::Reference {
                slug: slug.clone(),
                source,
            })?;
        // A directory that was moved by hand left references to its old place:
        // they are found all the same, and the next save writes where they are.
        let state = state.rehomed(&site.home(&slug));
        Ok(Self {
            slug,
            manifest,
            state,
            own,
            contents,
            digest,
        })
    }

    /// Returns the manifest of a migration that is being planned.
    ///
    /// One whose second review asked for a person counts once planning moved
    /// on from there: somebody refined it with the original, which reopens the
    /// record and leaves the question standing.
    pub(crate) fn in_planning(&self, now: Stamp) -> Option<Planning> {
        match MigrationState::from(self.manifest.clone()) {
            MigrationState::Planning(planning) => Some(planning),
            MigrationState::AwaitingReview(waiting) if self.was_refined_elsewhere() => {
                match waiting.reviewed(now) {
                    MigrationState::Planning(planning) => Some(planning),
                    MigrationState::AwaitingReview(_)
                    | MigrationState::Ready(_)
                    | MigrationState::Skipped(_)
                    | MigrationState::Done(_) => None,
                }
            }
            MigrationState::AwaitingReview(_)
            | MigrationState::Ready(_)
            | MigrationState::Skipped(_)
            | MigrationState::Done(_) => None,
        }
    }

    fn was_refined_elsewhere(&self) -> bool {
        self.manifest.status() == Status::Planning
            && matches!(self.state.position(), Position::Revise { findings: None })
    }

    /// Returns what a new migration starts from.
    pub fn start(slug: &Slug, target: Target, now: Stamp) -> Self {
        let description = target.description.clone();
        let mut own = OwnData::new();
        own.target = Some(target);
        Self {
            slug: slug.clone(),
            manifest: Planning::start(slug, now).into_manifest(),
            state: PlanningState::start(&description, now),
            own,
            contents: Contents::default(),
            digest: TreeDigest::missing(),
        }
    }

    /// Returns the accepted output of the newest `step`, with its reference.
    pub(crate) fn stage(&self, site: &Site, step: Step) -> Option<(String, String)> {
        let reference = &self.state.latest(step)?.stdout;
        Some((reference.clone(), self.referenced(site, reference)?))
    }

    /// Returns the text that a reference of the planning record points at.
    pub(crate) fn referenced(&self, site: &Site, reference: &str) -> Option<String> {
        let stage = StageRef::resolve(reference, &site.home(&self.slug)).ok()?;
        self.contents.text(stage.tail())
    }

    /// Returns the feedback that came since the last accepted step, the oldest
    /// first: what no accepted step has taken up.
    ///
    /// Where feedback reopened planning, the newest piece counts whatever its
    /// stamp says; old versions wrote none.
    pub fn unheard_feedback(&self) -> Option<String> {
        let feedback = self.state.feedback();
        let since = self.last_accepted();
        let late = |at: &RawStamp| at.instant().is_ok_and(|at| since.is_none_or(|s| at >= s));
        let reopened = matches!(self.state.position(), Position::Revise { findings: None });
        let texts: Vec<&str> = feedback
            .iter()
            .enumerate()
            .filter(|(index, one)| {
                late(&one.received_at) || (reopened && index + 1 == feedback.len())
            })
            .map(|(_, one)| one.text.trim())
            .collect();
        (!texts.is_empty()).then(|| texts.join("\n\n---\n\n"))
    }

    /// Returns what a review found since the last accepted step, where the
    /// planning graph had no way on and a person was asked.
    pub(crate) fn open_findings(&self) -> Option<&ReviewNote> {
        let since = self.last_accepted();
        let note = self.own.review_notes.last()?;
        since.is_none_or(|since| note.at >= since).then_some(note)
    }

    fn last_accepted(&self) -> Option<Timestamp> {
        let last = self.state.completed().last()?;
        last.completed_at.instant().ok()
    }
}
