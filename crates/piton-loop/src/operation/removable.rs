//! What may be removed: records of runs, journals of plans, slots.

use std::path::PathBuf;

use piton_base::StateDir;
use piton_git::slot::{SlotError, Slots};
use piton_plan::journal::{self, RemoveError};
use piton_plan::{Failure, FailureKind, PlanId};

use super::remove::{Removable, Stands};
use super::{LoopPerformer, LoopWorld};
use crate::planning::site::Site;
use crate::runs::{self, PruneError, RunDir, RunId, RunState};

impl Removable for RunId {
    const KIND: &'static str = "run";
    const FREE: &'static str = "a run that has ended";
    const IN_USE: &'static str = "a run that is under way";
    const LEFT: &'static str = "no record";

    fn stands(&self, world: &LoopWorld<'_>) -> Result<Stands, Failure> {
        let runs = world.site.runs();
        let there = world.disk.stat(RunDir::of(&runs, self).path())?;
        Ok(match (there, runs::state_of(&runs, self)) {
            (None, _) => Stands::Gone,
            (Some(_), RunState::Over) => Stands::Free,
            (Some(_), RunState::Live) => Stands::InUse,
        })
    }

    fn remove(&self, by: &LoopPerformer<'_, '_>) -> Result<(), Failure> {
        runs::remove(by.disk, &by.site.runs(), self, &by.holder).map_err(|error| {
            let kind = match &error {
                PruneError::Live { .. } => FailureKind::Conflict,
                PruneError::Remove { .. } => FailureKind::Io,
            };
            Failure::of(kind, &error)
        })
    }
}

fn journals(site: &Site) -> PathBuf {
    StateDir::at(site.state()).journals()
}

impl Removable for PlanId {
    const KIND: &'static str = "journal";
    const FREE: &'static str = "a plan that no process is performing";
    const IN_USE: &'static str = "a plan that is being performed";
    const LEFT: &'static str = "no journal";

    fn stands(&self, world: &LoopWorld<'_>) -> Result<Stands, Failure> {
        let dir = journals(world.site);
        let there = journal::is_there(world.disk, &dir, *self).map_err(Failure::io)?;
        Ok(match (there, journal::is_held(&dir, *self)) {
            (false, _) => Stands::Gone,
            (true, false) => Stands::Free,
            (true, true) => Stands::InUse,
        })
    }

    fn remove(&self, by: &LoopPerformer<'_, '_>) -> Result<(), Failure> {
        journal::remove(by.disk, &journals(by.site), *self, &by.holder).map_err(|error| {
            let kind = match &error {
                RemoveError::Held { .. } => FailureKind::Conflict,
                RemoveError::Remove { .. } => FailureKind::Io,
            };
            Failure::of(kind, &error)
        })
    }
}

/// The number of slots, with their tool caches.
impl Removable for u32 {
    const KIND: &'static str = "slots";
    const FREE: &'static str = "slots that nobody uses";
    const IN_USE: &'static str = "slots that are in use";
    const LEFT: &'static str = "no slot";

    fn stands(&self, world: &LoopWorld<'_>) -> Result<Stands, Failure> {
        let Some(home) = world.slots.filter(|home| home.has(world.disk, *self)) else {
            return Ok(Stands::Gone);
        };
        Ok(if home.in_use(*self).map_err(Failure::io)? {
            Stands::InUse
        } else {
            Stands::Free
        })
    }

    fn remove(&self, by: &LoopPerformer<'_, '_>) -> Result<(), Failure> {
        let home = by.agents.slots()?.home;
        let removed = Slots::new(by.disk, by.git, &home).remove(*self, &by.holder);
        removed.map_err(|error| {
            let kind = if matches!(error, SlotError::Lock(_)) {
                FailureKind::Conflict
            } else {
                FailureKind::Io
            };
            Failure::of(kind, &error)
        })
    }
}
