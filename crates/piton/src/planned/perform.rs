//! A plan, carried out under its journal.

use std::path::PathBuf;

use piton_base::Clock;
use piton_durable::{LockGuard, Reserve};
use piton_plan::journal::{self, JournalWriter};
use piton_plan::{Jobs, Plan, PlanId, Ready, Report, Run, verify};

use super::carry_out::Ended;
use super::error::{journal_error, lost_journal};
use super::tell::Went;
use super::{PerformArgs, Site};
use crate::error::CommandError;
use crate::operation::Op;
use crate::world::{Made, Writing};

/// The command that frees space.
pub(crate) const PRUNING: &str = "runs prune";

/// What a journal and the locks of a few removals take.
const ROOM: usize = 128 << 10;

impl Site<'_> {
    pub(super) fn perform(
        &self,
        args: &PerformArgs,
        id: PlanId,
        ready: &Ready<'_, Op>,
    ) -> Result<Ended, CommandError> {
        let disk = &self.context.disk;
        let (_guard, writer) = match self.begin(id, ready) {
            // What frees space must go on without any.
            Err(error) if error.is_full_disk() && ready.plan().command() == PRUNING => {
                Reserve::give_up(disk, &self.reserve());
                self.begin(id, ready)?
            }
            begun => begun?,
        };
        let ended = self.run(args, id, ready, &writer);
        // Where there is no room for it, there is none for the next either.
        let _ = Reserve::lay(disk, &self.reserve(), ROOM);
        ended
    }

    fn reserve(&self) -> PathBuf {
        self.state.path().join("reserve")
    }

    fn begin(
        &self,
        id: PlanId,
        ready: &Ready<'_, Op>,
    ) -> Result<(LockGuard, JournalWriter<'_>), CommandError> {
        let guard = self.hold(id)?;
        let writer = journal::begin(
            &self.context.disk,
            &self.journals(),
            &guard,
            id,
            ready,
            env!("PITON_VERSION"),
            self.context.clock.now(),
        )
        .map_err(journal_error)?;
        Ok((guard, writer))
    }

    /// Performs, verifies, tells.
    pub(super) fn run(
        &self,
        args: &PerformArgs,
        id: PlanId,
        ready: &Ready<'_, Op>,
        writer: &JournalWriter<'_>,
    ) -> Result<Ended, CommandError> {
        let plan = ready.plan();
        let out = &self.context.out;
        out.trace("decided, shown, answered");
        let watched = (!args.no_verify).then(|| self.reading.watch(plan));
        let (report, made) = self.change(args, id, ready, writer);
        out.trace("performed");
        // A journal that was lost on the way says so itself; nothing can be
        // added to it.
        let can_go_on = report.journal.is_none();
        if can_go_on {
            self.end(plan, &report, writer)?;
        }
        let verification = watched.map(|watched| {
            let mut seen = verify(id, plan, &report.receipts, &self.reading, Jobs(args.jobs));
            seen.checked.extend(watched.changed());
            seen
        });
        out.trace("verified");
        if can_go_on {
            let kept = match &verification {
                Some(verification) => writer.verified(verification, self.context.clock.now()),
                None => writer.close(),
            };
            kept.map_err(lost_journal)?;
        }
        let exit = self.tell(&Went {
            id,
            plan,
            report: &report,
            verification: verification.as_ref(),
            made: &made,
        })?;
        Ok(Ended {
            exit,
            receipts: report.receipts,
        })
    }

    /// Performs the actions. Returns what came of them, and what was made.
    fn change(
        &self,
        args: &PerformArgs,
        id: PlanId,
        ready: &Ready<'_, Op>,
        writer: &JournalWriter<'_>,
    ) -> (Report, Made) {
        let journals = self.journals();
        let writing = Writing::new(self.context, &self.reading, &self.state, &journals, id);
        let report = Run {
            id,
            world: &self.reading,
            performer: &writing,
            progress: &self.context.book,
            clock: &self.context.clock,
            record: writer,
            stop: &self.context.stop,
            policy: args.on_error,
            jobs: Jobs(args.jobs),
        }
        .perform(ready);
        (report, writing.made())
    }

    /// Writes down what came of the plan.
    fn end(
        &self,
        plan: &Plan<Op>,
        report: &Report,
        writer: &JournalWriter<'_>,
    ) -> Result<(), CommandError> {
        let now = self.context.clock.now();
        let ended = if self.is_over(plan, report) {
            writer.end_for_good(report, now)
        } else {
            writer.end(report, now)
        };
        ended.map_err(lost_journal)
    }
}
