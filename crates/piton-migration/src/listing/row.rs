//! What the list tells about one migration.

use piton_durable::{DiskRead, DiskResult};
use serde::Serialize;

use crate::json::DecodeError;
use crate::live::{LiveDir, load_manifest};
use crate::load::LoadError;
use crate::manifest::{Manifest, Status};
use crate::planning::{Cursor, load_state};
use crate::rejection;
use crate::slug::Slug;
use crate::stamp::RawStamp;

/// One migration in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub slug: Slug,
    /// `None` where the manifest cannot be used.
    pub status: Option<Status>,
    /// Where it stands: a planning cursor, a phase's file, or why neither.
    pub cursor: String,
    pub awaiting_human_review: bool,
    pub created_at: Option<String>,
    pub last_touch: Option<String>,
    pub cooldown_until: Option<String>,
    pub wake_up_on: Option<String>,
    pub phases_done: usize,
    pub phases: usize,
    /// Why it does not move on, where something is known.
    pub reason: Option<String>,
    #[serde(skip)]
    pub trouble: Option<Trouble>,
    /// Why it was rejected. The original's list has no column for it.
    pub rejected_because: Option<String>,
}

/// What keeps a migration from going on, other than people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    ManifestMissing,
    /// With what is wrong with it.
    ManifestInvalid(String),
    PlanningRecordMissing,
    PlanningRecordInvalid,
    /// The record says that the plan was made, the manifest that it is not yet.
    PlanningEnded,
    /// It is to be carried out, and there is nothing in it.
    NoPhases,
    /// It is to be carried out, and its current phase is none of its phases.
    NoCurrentPhase,
}

impl Trouble {
    /// Returns what the original's list has for it, if it has anything.
    fn reason(&self) -> Option<String> {
        match self {
            Self::ManifestMissing => Some("missing-manifest".to_owned()),
            Self::ManifestInvalid(told) => Some(format!("invalid-manifest: {told}")),
            Self::PlanningRecordMissing => Some("planning-state-missing".to_owned()),
            Self::PlanningRecordInvalid => Some("planning-state-invalid".to_owned()),
            Self::PlanningEnded | Self::NoPhases | Self::NoCurrentPhase => None,
        }
    }
}

/// Which migrations the list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this status; broken ones have none.
    pub status: Option<Status>,
    pub awaiting_review: bool,
}

/// Lists the migrations in name order. A migrations directory that is missing
/// lists as empty, a broken migration as a row that says so.
pub fn list(disk: &dyn DiskRead, live: &LiveDir, filter: Filter) -> DiskResult<Vec<Row>> {
    let contents = live.contents(disk)?;
    Ok(contents
        .slugs
        .into_iter()
        .filter_map(|slug| row(disk, live, slug, filter))
        .collect())
}

fn row(disk: &dyn DiskRead, live: &LiveDir, slug: Slug, filter: Filter) -> Option<Row> {
    let manifest = match load_manifest(disk, &live.migration(&slug)) {
        Ok(manifest) => manifest,
        Err(error) if filter == Filter::default() => return Some(broken(slug, &error)),
        Err(_) => return None,
    };
    let status_fits = filter
        .status
        .is_none_or(|status| status == manifest.status());
    let review_fits = !filter.awaiting_review || manifest.awaiting_human_review();
    if !(status_fits && review_fits) {
        return None;
    }
    let (cursor, trouble) = cursor(disk, live, &slug, &manifest);
    let reason = trouble.as_ref().and_then(Trouble::reason);
    let asked = manifest.human_review_reason();
    Some(Row {
        status: Some(manifest.status()),
        cursor,
        awaiting_human_review: manifest.awaiting_human_review(),
        created_at: stamp(Some(manifest.created_at())),
        last_touch: stamp(Some(manifest.last_touch())),
        cooldown_until: stamp(manifest.cooldown_until()),
        wake_up_on: stamp(manifest.wake_up_on()),
        phases_done: manifest.phases().iter().filter(|it| it.done).count(),
        phases: manifest.phases().len(),
        reason: reason.or_else(|| asked.map(str::to_owned)),
        trouble,
        rejected_because: match manifest.status() {
            Status::Skipped => rejection::reason(disk, &live.migration(&slug)),
            Status::Planning | Status::Ready | Status::InProgress | Status::Done => None,
        },
        slug,
    })
}

fn stamp(stamp: Option<&RawStamp>) -> Option<String> {
    stamp.map(|stamp| stamp.as_str().to_owned())
}

fn broken(slug: Slug, error: &LoadError<DecodeError>) -> Row {
    let trouble = if error.is_missing() {
        Trouble::ManifestMissing
    } else {
        Trouble::ManifestInvalid(error.told())
    };
    Row {
        slug,
        status: None,
        cursor: "blocked".to_owned(),
        awaiting_human_review: false,
        created_at: None,
        last_touch: None,
        cooldown_until: None,
        wake_up_on: None,
        phases_done: 0,
        phases: 0,
        reason: trouble.reason(),
        trouble: Some(trouble),
        rejected_because: None,
    }
}

/// Returns where a migration stands, and what is the trouble with it.
fn cursor(
    disk: &dyn DiskRead,
    live: &LiveDir,
    slug: &Slug,
    manifest: &Manifest,
) -> (String, Option<Trouble>) {
    match manifest.status() {
        Status::Skipped | Status::Done => ("(none)".to_owned(), None),
        Status::Ready | Status::InProgress => match manifest.current_phase() {
            Some((_, phase)) => (phase.reference(), None),
            None if manifest.phases().is_empty() => ("(none)".to_owned(), Some(Trouble::NoPhases)),
            None => ("(none)".to_owned(), Some(Trouble::NoCurrentPhase)),
        },
        Status::Planning => match load_state(disk, &live.migration(slug), &live.home(slug)) {
            Ok(loaded) => {
                let cursor = loaded.state.cursor();
                let trouble = match cursor {
                    Cursor::Step(_) => None,
                    Cursor::Terminal(_) => Some(Trouble::PlanningEnded),
                };
                (format!("planning:{cursor}"), trouble)
            }
            Err(error) => {
                let why = if error.is_missing() {
                    Trouble::PlanningRecordMissing
                } else {
                    Trouble::PlanningRecordInvalid
                };
                ("planning:blocked".to_owned(), Some(why))
            }
        },
    }
}
