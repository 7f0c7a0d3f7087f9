//! The migrations, sorted by what they need.

use piton_migration::listing::{Row, Trouble};
use piton_migration::manifest::Status;

/// The migrations by what they need.
#[derive(Default)]
pub(super) struct Sorted<'r> {
    pub(super) waiting: Vec<&'r Row>,
    pub(super) ready: Vec<&'r Row>,
    pub(super) planning: Vec<&'r Row>,
    pub(super) broken: Vec<&'r Row>,
}

impl<'r> Sorted<'r> {
    pub(super) fn of(rows: &'r [Row]) -> Self {
        let mut sorted = Self::default();
        for row in rows {
            match row.status {
                None => sorted.broken.push(row),
                Some(Status::Skipped | Status::Done) => {}
                Some(_) if row.awaiting_human_review => sorted.waiting.push(row),
                Some(_) if row.trouble.is_some() => sorted.broken.push(row),
                Some(Status::Ready | Status::InProgress) => sorted.ready.push(row),
                Some(Status::Planning) => sorted.planning.push(row),
            }
        }
        sorted
    }
}

/// Returns in words what is wrong with a migration.
pub(super) fn what_is_wrong(row: &Row) -> &str {
    match row.trouble {
        Some(Trouble::PlanningRecordMissing) => "its planning record is missing",
        Some(Trouble::PlanningRecordInvalid) => "its planning record cannot be used",
        Some(Trouble::PlanningEnded) => {
            "its planning has ended, but its manifest still says planning"
        }
        Some(Trouble::NoPhases) => "it is ready, and its manifest lists no phases",
        Some(Trouble::NoCurrentPhase) => "its current phase is none of its phases",
        Some(Trouble::ManifestMissing) => "its manifest is missing",
        Some(Trouble::ManifestInvalid(_)) | None => {
            row.reason.as_deref().unwrap_or("it cannot be used")
        }
    }
}
