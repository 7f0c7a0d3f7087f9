//! A set-up or a repair that was cut off.

use piton_plan::journal::Journal;

use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::planning::refuse_under_way;

impl Context {
    /// Carries a set-up or a repair that was cut off to its end. In the middle of
    /// a merge and the like nothing is begun that needs it.
    pub(super) fn finish_cut_off(
        &self,
        place: &Place,
        only_look: bool,
    ) -> Result<bool, CommandError> {
        let Some(journal) = self.site(place).cut_off()? else {
            return Ok(false);
        };
        if !only_look {
            refuse_under_way(place, &format!("finish {}", interrupted(&journal)))?;
        }
        self.finish(place, &journal, only_look)
    }

    /// The same for a command that only the same command finishes, because it
    /// asks others: nobody else should wait for them.
    pub(crate) fn finish_own(&self, command: &str, only_look: bool) -> Result<(), CommandError> {
        let place = self.place()?;
        let own = self.site(&place).cut_off_of(|it| it == command)?;
        match own {
            Some(journal) => self.finish(&place, &journal, only_look).map(drop),
            None => Ok(()),
        }
    }

    fn finish(
        &self,
        place: &Place,
        journal: &Journal,
        only_look: bool,
    ) -> Result<bool, CommandError> {
        let what = interrupted(journal);
        if only_look {
            self.tell_of_recovery(&format!(
                "{what} has to be finished first; this plan was made without that"
            ));
            return Ok(false);
        }
        let finished = self.site(place).finish(journal)?;
        if finished {
            self.tell_of_recovery(&format!("recovered: finished {what}"));
        } else {
            self.tell_of_recovery(&format!(
                "{what} could not be finished; `piton journal resume {}` says why",
                journal.id()
            ));
        }
        Ok(finished)
    }
}

/// Names what was cut off.
fn interrupted(journal: &Journal) -> String {
    format!("the interrupted `piton {}`", journal.begun().command)
}
