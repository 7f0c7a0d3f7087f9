//! Carrying out one phase of a migration.

use piton_agent::CallRole;
use piton_git::slot::Slot;
use piton_migration::manifest::MigrationState;
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

pub use super::attempts::Start;
use super::attempts::{self, Made};
use super::failure::{Halt, WorkFailure};
use super::note::{self, Putting};
use super::prepared::Prepared;
use super::ready::{Ready, ready_check};
use super::shop::{Shop, Worked};
use super::workplace;
use crate::clock::local_stamp;
use crate::deciding::defer;
use crate::runs::RunRecord;

/// A phase that is to be carried out.
#[derive(Clone, Debug)]
pub struct PhaseWork<'a> {
    pub slug: &'a Slug,
    pub start: Start,
}

/// Asks whether the phase may start, carries it out, and notes what came of
/// it. Everything is read from the commit that the work starts from.
pub fn carry_out(shop: &Shop<'_>, run: &RunRecord<'_>, work: &PhaseWork<'_>) -> Worked {
    match begin(shop, run, work) {
        Ok(worked) => worked,
        Err(halt) => Worked::of(halt),
    }
}

fn begin(shop: &Shop<'_>, run: &RunRecord<'_>, work: &PhaseWork<'_>) -> Result<Worked, Halt> {
    let role = CallRole::PhaseExecutionGate;
    let token = format!("{}-{}", run.id(), work.slug);
    let slot = workplace::laid_out(shop, run, &work.start.base, &token, role)?;
    let phase = Prepared::read(shop, &slot, work)?;
    let tree = match ready_check(shop, run, &slot, work, &phase)? {
        Ready::Yes(tree) => tree,
        Ready::No(worked) => return Ok(*worked),
    };
    match attempts::carry_out(shop, run, &slot, &work.start, &phase, tree) {
        Ok(Made::Accepted(accepted)) => Ok(Worked::Accepted(accepted)),
        Ok(Made::Unchanged { reason }) => Ok(Worked::Unchanged { reason }),
        Err(Halt::Failed(failure)) => Ok(failed(shop, run, &slot, work, &phase, *failure)),
        Err(halt) => Err(halt),
    }
}

/// Notes a failure in the migration, so that later runs know of it. Where even
/// that fails, this run alone knows.
pub(super) fn failed(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    work: &PhaseWork<'_>,
    phase: &Prepared,
    failure: WorkFailure,
) -> Worked {
    let now = local_stamp(shop.clock);
    let mut own = phase.live.own.clone();
    let root = shop.site.root().display().to_string();
    let reason = crate::sanitize::sanitize(&failure.story, &root).unwrap_or_default();
    let until = defer::failed(&mut own, &reason, now.instant());
    let manifest = match (MigrationState::from(phase.live.manifest.clone()), until) {
        (MigrationState::Ready(ready), Some(until)) => {
            let stamp = Stamp::utc(until);
            ready.defer_until(stamp, now).into_manifest()
        }
        (state, _) => state.manifest().clone(),
    };
    let note = slot
        .take_back(shop.disk)
        .map_err(|error| Halt::trouble(failure.role, &error))
        .and_then(|()| {
            note::commit(
                shop,
                run,
                slot,
                &work.start,
                &Putting {
                    slug: work.slug,
                    manifest: &manifest,
                    own: &own,
                    verb: "failed",
                    why: &reason,
                },
            )
        })
        .ok();
    Worked::Failed {
        failure,
        until,
        note,
    }
}
