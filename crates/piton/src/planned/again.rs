//! The same command once more, after one that was cut off.
//!
//! What is made somewhere else carries the mark of its plan, and a new plan
//! would make it a second time. So the journal of a plan that holds the very
//! same operations is carried on in place of the new one.

use std::time::Duration;

use piton_durable::lock::wait_for;
use piton_durable::{Lock, LockError};
use piton_plan::journal::{self, Journal, Status};
use piton_plan::{Outcome, Plan, Report, SkipReason};

use super::error::journal_error;
use super::tell::Went;
use super::{PerformArgs, Site};
use crate::error::{CommandError, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::world::Made;

/// How many of the latest journals are looked at.
const LATEST: usize = 8;

/// How long somebody who has the journal may take to die.
const DYING: Duration = Duration::from_secs(3);

impl Site<'_> {
    /// Carries on the latest plan that holds the same operations as this one,
    /// if it was cut off or left something undone. `None` where there is none.
    pub(crate) fn take_up_again(
        &self,
        args: &PerformArgs,
        plan: &Plan<Op>,
    ) -> Result<Option<Exit>, CommandError> {
        let Some((journal, came)) = self.same(plan)? else {
            return Ok(None);
        };
        let tell = |text: &str| {
            let out = &self.context.out;
            out.note(Channel::Recovery, Level::WARNING, text);
        };
        match came {
            Came::Short => {
                tell(
                    "the same command was cut off before: it is carried on, and nothing is made twice",
                );
                self.resume(args, &journal).map(Some)
            }
            Came::ToItsEnd => {
                tell("the same command was done already, and killed before it could say so");
                // Its end is told now, so that the next one is a new one.
                let _held = self
                    .try_hold(journal.id())
                    .map_err(super::error::lock_error)?;
                let report = Report {
                    receipts: journal.receipts(),
                    journal: None,
                };
                let exit = self.tell(&Went {
                    id: journal.id(),
                    plan,
                    report: &report,
                    verification: journal.verification(),
                    made: &Made::default(),
                })?;
                Ok(Some(exit))
            }
        }
    }

    fn same(&self, plan: &Plan<Op>) -> Result<Option<(Journal, Came)>, CommandError> {
        let dir = self.journals();
        let operations = |plan: &Plan<Op>| -> Vec<Op> {
            let actions = plan.actions().iter();
            actions.map(|action| action.operation().clone()).collect()
        };
        let wanted = operations(plan);
        // The latest one decides: what came before it is settled by it.
        let is_it = |journal: &Journal| {
            journal.command() == plan.command()
                && !was_declined(journal)
                && (journal.plan()).is_ok_and(|plan| operations(&plan) == wanted)
        };
        let found = journal::latest(&self.context.disk, &dir, LATEST)
            .map_err(journal_error)?
            .find(|found| found.as_ref().map_or(true, is_it));
        let Some(journal) = found.transpose().map_err(journal_error)? else {
            return Ok(None);
        };
        let lock = Lock::at(dir.join(format!("{}.lock", journal.id())));
        // A holder that is gone and did not take its name away was killed.
        // Whoever is dying holds the lock for a moment longer.
        let free = || Ok::<_, LockError>((!lock.is_held()?).then_some(()));
        let is_free = || wait_for(DYING, free).map_err(super::error::lock_error);
        let was_killed = lock.has_name()? && is_free()?.is_some();
        let came = match journal.status() {
            Status::Stopped if was_killed => Came::Short,
            Status::Incomplete { .. } => Came::Short,
            Status::Finished if was_killed => Came::ToItsEnd,
            Status::Stopped | Status::Failed | Status::Finished => return Ok(None),
        };
        Ok(Some((journal, came)))
    }
}

/// How far it came.
enum Came {
    Short,
    /// Everything was done, and nobody was told.
    ToItsEnd,
}

/// Whether it was stopped before anything of it was done: whoever stopped it
/// did not want it.
pub(crate) fn was_declined(journal: &Journal) -> bool {
    let receipts = journal.receipts();
    let interrupted = Outcome::Skipped(SkipReason::Interrupted);
    !receipts.is_empty()
        && receipts
            .iter()
            .all(|receipt| receipt.outcome == interrupted)
}
