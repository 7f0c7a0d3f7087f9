//! The repository for a command, after what was interrupted in it is finished.

use std::path::Path;

use piton_plan::PlanId;

use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::planned::PlanArgs;

impl Context {
    /// Finds the repository for a command that writes, and brings to its end
    /// whatever a dead process left in it. A dry run only says that it would.
    pub(crate) fn place_to_write(&self, args: &PlanArgs) -> Result<Place, CommandError> {
        let place = self.place()?;
        self.recover(&place, args.changes_nothing())?;
        if self.finish_cut_off(&place, args.changes_nothing())? {
            // The settings may say other places now.
            return self.place();
        }
        Ok(place)
    }

    /// The same in another checkout.
    pub(crate) fn place_in(&self, dir: &Path) -> Result<Place, CommandError> {
        let place = self.place_at(dir)?;
        self.recover(&place, false)?;
        Ok(place)
    }

    /// The same for a command that also runs programs which settings name.
    pub(crate) fn place_to_call(&self, args: &PlanArgs) -> Result<Place, CommandError> {
        let place = self.place_to_write(args)?;
        self.vetted(place)
    }

    /// The same for a command that recovers by itself, later: only a set-up that
    /// was cut off is finished first, for it says which settings hold.
    pub(crate) fn place_to_run(&self, only_look: bool) -> Result<Place, CommandError> {
        let place = self.after_what_was_cut_off(self.place()?, only_look)?;
        self.committed(place)
    }

    /// Where a set-up or a repair was cut off, clears away what it left and
    /// finishes it, before anything else is decided.
    pub(crate) fn after_what_was_cut_off(
        &self,
        place: Place,
        only_look: bool,
    ) -> Result<Place, CommandError> {
        if self.site(&place).cut_off()?.is_none() {
            return Ok(place);
        }
        self.recover(&place, only_look)?;
        if self.finish_cut_off(&place, only_look)? {
            return self.place();
        }
        Ok(place)
    }

    /// Recovers where being in a repository is not needed, and finishes a
    /// set-up or a repair that was cut off, if it is not `but`. Returns what was
    /// finished.
    pub(crate) fn recover_if_any(
        &self,
        only_look: bool,
        but: Option<PlanId>,
    ) -> Result<Option<PlanId>, CommandError> {
        let Some(place) = self.place_if_any()? else {
            return Ok(None);
        };
        self.recover(&place, only_look)?;
        let cut_off = self.site(&place).cut_off()?.map(|journal| journal.id());
        let wanted = cut_off.filter(|id| Some(*id) != but);
        if wanted.is_some() && self.finish_cut_off(&place, only_look)? {
            return Ok(wanted);
        }
        Ok(None)
    }
}
