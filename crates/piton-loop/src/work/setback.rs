//! Noting in a migration that work on it failed, so that later runs know of it.

use jiff::Timestamp;
use piton_migration::manifest::MigrationState;
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use super::accepted::Accepted;
use super::failure::{Halt, OrTrouble as _, WorkFailure};
use super::note::{self, Putting};
use super::shop::Worked;
use super::workplace::Workplace;
use crate::clock::local_stamp;
use crate::deciding::defer;
use crate::planning::snapshot::Live;

/// Notes a failure. Where even that fails, this run alone knows.
pub(super) fn failed(at: &Workplace<'_, '_>, slug: &Slug, failure: WorkFailure) -> Worked {
    let noted = note(at, slug, &failure).ok();
    let (note, until) = noted.unzip();
    Worked::Failed {
        failure,
        until: until.flatten(),
        note,
    }
}

/// Notes it in the migration as the slot's commit has it. Returns also until
/// when the migration is left alone.
fn note(
    at: &Workplace<'_, '_>,
    slug: &Slug,
    failure: &WorkFailure,
) -> Result<(Accepted, Option<Timestamp>), Halt> {
    let Workplace { shop, slot, .. } = at;
    let role = failure.role;
    let reason = shop.sanitized(&failure.story).unwrap_or_default();
    slot.take_back(shop.disk).or_trouble(role)?;
    let live = Live::read(shop.disk, &shop.site.at(slot.dir()), slug).or_trouble(role)?;
    let now = local_stamp(shop.clock);
    let mut own = live.own;
    let until = defer::failed(&mut own, &reason, now.instant());
    let manifest = match (MigrationState::from(live.manifest), until) {
        (MigrationState::Planning(planning), Some(until)) => {
            planning.defer_until(Stamp::utc(until), now).into_manifest()
        }
        (MigrationState::Ready(ready), Some(until)) => {
            ready.defer_until(Stamp::utc(until), now).into_manifest()
        }
        (state, _) => state.manifest().clone(),
    };
    let putting = Putting {
        slug,
        manifest: &manifest,
        own: &own,
        verb: "failed",
        why: &reason,
    };
    let note = note::commit(at, &putting)?;
    Ok((note, until))
}
