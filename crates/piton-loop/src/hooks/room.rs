//! The room in which hooks are heard.

use std::path::Path;

use piton_agent::{Host, Limits};
use piton_base::{Clock, Stop};
use piton_durable::{Disk, Holder};
use piton_git::landing::UserHooks;
use piton_git::slot::{Slot, SlotUse, Slots};
use piton_git::{CommitId, Repository};

use super::error::{HookError, Unheard};
use crate::slots::SlotSettings;

/// All that hearing hooks takes.
#[derive(Clone, Copy, Debug)]
pub struct HookRoom<'a> {
    pub disk: &'a dyn Disk,
    pub repository: &'a Repository,
    pub clock: &'a dyn Clock,
    pub stop: &'a Stop,
    pub host: &'a Host,
    pub slots: &'a SlotSettings,
    pub holder: &'a Holder,
    /// Where a note is while something runs.
    pub notes: &'a Path,
    /// Where what `slot.setup` prints is kept.
    pub record: &'a Path,
    /// Names what runs; no two that run at once have the same.
    pub token: &'a str,
    pub limits: Limits,
}

impl HookRoom<'_> {
    /// Finds the user's hooks, if there are any.
    pub(crate) fn find(&self) -> Result<Option<UserHooks>, HookError> {
        let settings = self.slots.git_settings(self.disk, self.repository)?;
        Ok(UserHooks::of(self.repository, &settings)?)
    }

    /// Takes a slot in which no agent works, at `commit`.
    pub fn slot(&self, commit: &CommitId) -> Result<Slot, Unheard> {
        let view = self.slots.view(self.disk, self.repository)?;
        let slots = Slots::new(self.disk, self.repository, &self.slots.home);
        let slot = slots.take(commit, SlotUse::Proof, &view, self.holder)?;
        if let Some(setup) = &self.slots.setup {
            let log = self.record.join("setup.log");
            let token = format!("{}-setup", self.token);
            let done = setup.prepare(self.disk, &slot, &log, &token, self.stop, self.clock);
            match done {
                Err(_) if self.stop.requested() => return Err(Unheard::Stopped),
                done => done.map(drop)?,
            }
        }
        Ok(slot)
    }
}
