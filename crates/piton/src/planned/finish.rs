//! Finishing what must not be left half done.
//!
//! Setting up moves directories and files and writes last where they are: in
//! between nothing is found where the settings say. A repair mends files and
//! commits them: in between they are somebody's uncommitted work; so is a
//! migration that is renamed, archived or deleted. Whatever writes next carries
//! the journal of such a plan to its end.

use piton_base::Clock;
use piton_durable::LockError;
use piton_plan::journal::{self, Journal, Status};
use piton_plan::{
    ActionId, ErrorPolicy, Failure, FailureKind, Given, Interaction, Jobs, Moment, Observation,
    Observe as _, Outcome, Plan, Quiet, Receipt, Run, verify,
};

use super::Site;
use super::error::journal_error;
use crate::error::CommandError;
use crate::operation::Op;
use crate::workshop::Way;
use crate::world::Writing;

/// The beginnings of the commands whose journals these are.
const COMMANDS: [&str; 5] = [
    "init",
    "migration doctor --repair",
    "migration rename",
    "migration archive",
    "migration delete",
];

/// How many of the latest journals are looked at. Every command that writes
/// looks first, so one that was cut off is among them.
const LATEST: usize = 4;

/// How many ticks may have gone on at once when they were cut off.
const LATEST_TICKS: usize = 40;

fn is_to_be_finished(command: &str) -> bool {
    COMMANDS.iter().any(|begin| {
        command
            .strip_prefix(begin)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    })
}

/// Whether nobody could look, and somebody may be able to later.
const fn is_unseen(kind: FailureKind) -> bool {
    match kind {
        FailureKind::Io
        | FailureKind::Network
        | FailureKind::RateLimit
        | FailureKind::LimitReached => true,
        FailureKind::Auth
        | FailureKind::Permission
        | FailureKind::NotFound
        | FailureKind::Conflict
        | FailureKind::ValidationRed
        | FailureKind::Input
        | FailureKind::Internal => false,
    }
}

fn untold(journal: &Journal, failure: Failure) -> CommandError {
    let command = journal.command();
    CommandError::failed(format!(
        "could not tell whether `piton {command}`, which failed, was done all the same; nothing was changed"
    ))
    .hints(failure.hint.clone())
    .hint("run the command again when this can be looked at")
    .with_source(failure)
}

impl Site<'_> {
    /// Returns the journal of such a plan that was cut off, if there is one.
    pub(crate) fn cut_off(&self) -> Result<Option<Journal>, CommandError> {
        self.cut_off_of(is_to_be_finished)
    }

    /// The same of commands that are finished by nothing but themselves.
    pub(crate) fn cut_off_of(
        &self,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Journal>, CommandError> {
        let Some(latest) = self.latest_of(is_wanted)? else {
            return Ok(None);
        };
        Ok(self.is_half_done(&latest)?.then_some(latest))
    }

    /// Whether it was cut off, or ended with a failure after something was done:
    /// what was moved and what the settings say belong together, however it
    /// ended. What failed may have been done all the same.
    fn is_half_done(&self, journal: &Journal) -> Result<bool, CommandError> {
        match journal.begun().status {
            Status::Stopped => Ok(true),
            Status::Incomplete { .. } => {
                let receipts = journal.receipts();
                if receipts.iter().any(|receipt| receipt.outcome.is_good()) {
                    return Ok(true);
                }
                self.any_is_so(journal, &receipts)
            }
            Status::Failed | Status::Finished => Ok(false),
        }
    }

    /// Whether something that failed looks as if it had been done. Where nobody
    /// can look at it, that is not known, and nothing is decided upon it.
    fn any_is_so(&self, journal: &Journal, receipts: &[Receipt]) -> Result<bool, CommandError> {
        let Ok(plan) = journal.plan::<Op>() else {
            return Ok(false);
        };
        let failed = |id: &ActionId| {
            let mut receipts = receipts.iter();
            receipts.any(|it| it.action == *id && matches!(it.outcome, Outcome::Failed(_)))
        };
        let mut unseen = None;
        for action in plan.actions().iter().filter(|action| failed(action.id())) {
            let given = Given::nothing(journal.id(), action.id());
            match (self.reading).observe(action.operation(), &given, Moment::Before) {
                Ok(Observation::Already { .. }) => return Ok(true),
                Err(failure) if is_unseen(failure.kind) => unseen = Some(failure),
                Ok(
                    Observation::Pending { .. }
                    | Observation::Changed { .. }
                    | Observation::Unknown { .. },
                )
                | Err(_) => {}
            }
        }
        unseen.map_or(Ok(false), |failure| Err(untold(journal, failure)))
    }

    fn latest_of(&self, is_wanted: impl Fn(&str) -> bool) -> Result<Option<Journal>, CommandError> {
        let dir = self.journals();
        let mut latest =
            journal::latest(&self.context.disk, &dir, LATEST).map_err(journal_error)?;
        let is_other = |found: &Result<Journal, _>| {
            (found.as_ref()).is_ok_and(|journal: &Journal| !is_wanted(journal.command()))
        };
        let found = latest.find(|found| !is_other(found));
        found.transpose().map_err(journal_error)
    }

    /// The same, and also one that was cut off while it was looked at what came
    /// out.
    pub(crate) fn not_seen_through(
        &self,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Journal>, CommandError> {
        let Some(latest) = self.latest_of(is_wanted)? else {
            return Ok(None);
        };
        let is_open = latest.verification().is_none() || self.is_half_done(&latest)?;
        Ok(is_open.then_some(latest))
    }

    /// Settles the journals of ticks that were cut off: what was accepted is
    /// held and lands with the next run, the rest came to nothing. Returns what
    /// became of each.
    pub(crate) fn settle_ticks(&self) -> Result<Vec<bool>, CommandError> {
        let dir = self.journals();
        let is_tick = |journal: &Journal| {
            let begun = journal.begun();
            begun.command.parse::<Way>().is_ok() && begun.status == Status::Stopped
        };
        journal::latest(&self.context.disk, &dir, LATEST_TICKS)
            .map_err(journal_error)?
            .filter(|found| found.as_ref().map_or(true, is_tick))
            .map(|found| self.finish(&found.map_err(journal_error)?))
            .collect()
    }

    /// Carries it to its end, and tells whether that succeeded. One that is
    /// still going on in another process is left to that.
    pub(crate) fn finish(&self, journal: &Journal) -> Result<bool, CommandError> {
        let context = self.context;
        let id = journal.id();
        let guard = match self.try_hold(id) {
            Ok(guard) => guard,
            Err(LockError::Held { .. }) => return Ok(false),
            Err(error) => return Err(super::error::lock_error(error)),
        };
        let plan: Plan<Op> = journal.plan().map_err(journal_error)?;
        let resumed = journal::resume(
            &context.disk,
            &self.journals(),
            &guard,
            journal,
            &plan,
            Interaction::Unattended,
            context.clock.now(),
        );
        let (ready, writer) = match resumed {
            Ok(resumed) => resumed,
            Err(journal::ResumeError::Journal(error)) => return Err(journal_error(error)),
            // A question that nobody had answered yet: nothing had begun.
            Err(journal::ResumeError::Prepare(_)) => return Ok(false),
        };
        let writing = Writing::new(context, &self.reading, &self.state, &self.journals(), id);
        let report = Run {
            id,
            world: &self.reading,
            performer: &writing,
            progress: &Quiet,
            clock: &context.clock,
            record: &writer,
            stop: &context.stop,
            policy: ErrorPolicy::FailFast,
            jobs: Jobs::default(),
        }
        .perform(&ready);
        if report.journal.is_some() {
            return Ok(false);
        }
        let now = context.clock.now();
        let lost = super::error::lost_journal;
        writer.end(&report, now).map_err(lost)?;
        let verification = verify(id, &plan, &report.receipts, &self.reading, Jobs::default());
        writer.verified(&verification, now).map_err(lost)?;
        Ok(report.is_success())
    }
}
