//! Noting that a planning step failed, so that later runs know of it.

use jiff::Timestamp;
use piton_agent::CallRole;
use piton_git::slot::Slot;
use piton_migration::manifest::MigrationState;
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use super::accepted::Accepted;
use super::attempts::Start;
use super::failure::Halt;
use super::note::{self, Putting};
use super::shop::Shop;
use crate::clock::local_stamp;
use crate::deciding::defer;
use crate::planning::site::Site;
use crate::planning::snapshot::Live;
use crate::runs::RunRecord;

/// What was noted, and until when the migration is left alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setback {
    pub(super) note: Accepted,
    pub(super) until: Option<Timestamp>,
}

/// Notes the failure in the migration as the slot's commit has it.
pub(super) fn planning_failed(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    start: &Start,
    slug: &Slug,
    reason: &str,
) -> Result<Setback, Halt> {
    let role = CallRole::PlanningResume;
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    slot.take_back(shop.disk).map_err(|error| trouble(&error))?;
    let site = Site::new(slot.dir(), shop.site.migrations(), shop.site.state())
        .map_err(|error| trouble(&error))?;
    let live = Live::read(shop.disk, &site, slug).map_err(|error| trouble(&error))?;
    let now = local_stamp(shop.clock);
    let mut own = live.own.clone();
    let until = defer::failed(&mut own, reason, now.instant());
    let manifest = match (MigrationState::from(live.manifest.clone()), until) {
        (MigrationState::Planning(planning), Some(until)) => {
            planning.defer_until(Stamp::utc(until), now).into_manifest()
        }
        (state, _) => state.manifest().clone(),
    };
    let putting = Putting {
        slug,
        manifest: &manifest,
        own: &own,
        verb: "failed",
        why: reason,
    };
    let note = note::commit(shop, run, slot, start, &putting)?;
    Ok(Setback { note, until })
}
