//! Looking at all that the screen shows.

use jiff::Timestamp;
use piton_base::Clock;
use piton_loop::runs::{self, ListedRun, RunState};
use piton_loop::work::Accepted;
use piton_loop::work::accepted::{self, Held};
use piton_migration::listing::Row;
use piton_migration::manifest::Status;
use piton_migration::publish::Leftovers as _;
use piton_plan::journal;

use super::disk_use::DiskUse;
use super::dispatched::{Dispatched, dispatched};
use super::lately::Lately;
use super::reports;
use super::sorted::{Sorted, what_is_wrong};
use crate::context::{CONFIG_FILE, Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::world::Publishing;

/// All that the screen shows.
pub(super) struct Seen<'r> {
    pub(super) sorted: Sorted<'r>,
    pub(super) over: usize,
    pub(super) running: Vec<ListedRun>,
    /// What was accepted, and waits to land.
    pub(super) unlanded: Vec<Accepted>,
    /// What ended within the last day.
    pub(super) lately: Lately,
    pub(super) wrong: Vec<(String, String)>,
    pub(super) dispatched: Vec<Dispatched>,
    pub(super) disk: DiskUse,
    /// Whether it has settings of its own.
    pub(super) is_set_up: bool,
    pub(super) now: Timestamp,
}

impl<'r> Seen<'r> {
    pub(super) fn look(
        context: &Context,
        place: &Place,
        rows: &'r [Row],
    ) -> Result<Self, CommandError> {
        let now = context.clock.now();
        let listed = runs::list(&context.disk, &place.state().runs())
            .or_failed("could not read the run records")?;
        let sorted = Sorted::of(rows);
        let mut wrong: Vec<(String, String)> =
            sorted.broken.iter().map(|row| broken(row)).collect();
        wrong.extend(half_published(place));
        wrong.extend(plans_cut_off(context, place));
        let mut unlanded = Vec::new();
        for held in accepted::all(&context.disk, &place.repository, place.state().path())? {
            match held {
                Held::Work(work) => unlanded.push(*work),
                Held::Lost { name, .. } => wrong.push((
                    format!("the record of where accepted work was to land is lost: {name}"),
                    format!("git show refs/piton/unlanded/{name}"),
                )),
            }
        }
        wrong.extend(reports::lines(context));
        Ok(Self {
            unlanded,
            over: rows
                .iter()
                .filter(|row| matches!(row.status, Some(Status::Done | Status::Skipped)))
                .count(),
            lately: Lately::of(&listed, now),
            running: listed
                .into_iter()
                .filter(|run| run.state == RunState::Live)
                .collect(),
            sorted,
            wrong,
            dispatched: dispatched(context, now),
            disk: DiskUse::look(context, place),
            is_set_up: context
                .disk_has(&place.top().join(CONFIG_FILE))
                .unwrap_or(true),
            now,
        })
    }
}

/// Says what is wrong with a migration, and what tells more.
fn broken(row: &Row) -> (String, String) {
    (
        format!("{}: {}", row.slug, what_is_wrong(row)),
        format!("piton migration doctor {}", row.slug),
    )
}

fn half_published(place: &Place) -> Option<(String, String)> {
    let publishing = Publishing::new(&place.repository, place.live());
    publishing.publisher().is_anything_left().then(|| {
        (
            "a publish was interrupted".to_owned(),
            "the next command that writes finishes it".to_owned(),
        )
    })
}

fn plans_cut_off(context: &Context, place: &Place) -> Option<(String, String)> {
    let listed = journal::list(&context.disk, &context.site(place).journals());
    let stopped = |one: &journal::Listed| matches!(&one.journal, Ok(begun) if begun.status == journal::Status::Stopped);
    let open = listed
        .unwrap_or_default()
        .iter()
        .filter(|one| stopped(one))
        .count();
    let what = match open {
        0 => return None,
        1 => "a plan was cut off".to_owned(),
        open => format!("{open} plans were cut off"),
    };
    Some((what, "piton journal list".to_owned()))
}
