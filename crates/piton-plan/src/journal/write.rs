//! Writing journals.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use piton_durable::{Disk, LockGuard, Log};

use crate::execute::Report;
use crate::id::{ActionId, PlanId};
use crate::input::Answer;
use crate::journal::line::{Counts, FORMAT, HeadOut, Line, WrittenAnswer};
use crate::journal::read::{Journal, JournalError, file, find};
use crate::journal::status::Status;
use crate::operation::Operation;
use crate::plan::Plan;
use crate::ready::{Interaction, PrepareError, Ready, Stance, complete};
use crate::receipt::{Outcome, Receipt};
use crate::record::{Record, RecordError};
use crate::verify::Verification;

/// The owner alone may read what a command did.
const MODE: u32 = 0o600;

/// A journal being written. An intent and an outcome are durable before the
/// call returns, and what stands above them with them.
#[derive(Debug)]
pub struct JournalWriter<'d> {
    log: Mutex<Log<'d>>,
}

/// Why a run cannot be carried on.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Prepare(#[from] PrepareError),
}

/// Begins the journal of a plan, and refuses where there is one: a plan is
/// performed once. Nothing of the plan may be performed before this returned.
pub fn begin<'d, O: Operation>(
    disk: &'d dyn Disk,
    dir: &Path,
    _held: &LockGuard,
    id: PlanId,
    ready: &Ready<'_, O>,
    tool: &str,
    now: Timestamp,
) -> Result<JournalWriter<'d>, JournalError> {
    if find(disk, dir, id)?.is_some() {
        return Err(JournalError::Exists { id });
    }
    let plan = ready.plan;
    let answers = plan.actions().iter().zip(&ready.stances);
    let answers = answers.filter_map(|(action, stance)| {
        let answer = match stance {
            Stance::Go(answer) | Stance::Again(answer) => answer.as_ref()?,
            Stance::Leave(_) | Stance::Settled(_) => return None,
        };
        let written = match answer {
            Answer::Yes => WrittenAnswer::Yes,
            Answer::Text(text) => WrittenAnswer::Text(text.clone()),
            Answer::Secret(_) => return None,
        };
        Some((action.id(), written))
    });
    let head = HeadOut {
        journal: FORMAT,
        id,
        at: now,
        tool,
        command: plan.command(),
        left_out: ready.left_out().collect(),
        answers: answers.collect(),
        plan,
    };
    let mut log = Log::open(disk, &file(dir, id), MODE)?;
    // Durable with the first intent: before that nothing was done.
    log.append_unsynced(&head)?;
    Ok(JournalWriter {
        log: Mutex::new(log),
    })
}

/// Carries on with a journal. Answers that were given stand; only secrets,
/// which are never written down, are asked for again. The lock that is held
/// proves that no living process is still at it.
pub fn resume<'p, 'd, O: Operation>(
    disk: &'d dyn Disk,
    dir: &Path,
    _held: &LockGuard,
    journal: &Journal,
    plan: &'p Plan<O>,
    interaction: Interaction<'_>,
    now: Timestamp,
) -> Result<(Ready<'p, O>, JournalWriter<'d>), ResumeError> {
    let id = journal.id();
    match journal.status() {
        Status::Finished => return Err(JournalError::Finished { id }.into()),
        Status::Failed => return Err(JournalError::Over { id }.into()),
        Status::Stopped | Status::Incomplete { .. } => {}
    }
    go_on(disk, dir, journal, journal.ready(plan), interaction, now)
}

/// Performs a plan once more that failed for good: nothing counts as settled,
/// each action is looked at first. Only for whoever asked for this very plan
/// again; [`crate::admit`] says when that is allowed.
pub fn anew<'p, 'd, O: Operation>(
    disk: &'d dyn Disk,
    dir: &Path,
    _held: &LockGuard,
    journal: &Journal,
    plan: &'p Plan<O>,
    interaction: Interaction<'_>,
    now: Timestamp,
) -> Result<(Ready<'p, O>, JournalWriter<'d>), ResumeError> {
    go_on(
        disk,
        dir,
        journal,
        journal.unsettled(plan),
        interaction,
        now,
    )
}

fn go_on<'p, 'd, O: Operation>(
    disk: &'d dyn Disk,
    dir: &Path,
    journal: &Journal,
    mut ready: Ready<'p, O>,
    mut interaction: Interaction<'_>,
    now: Timestamp,
) -> Result<(Ready<'p, O>, JournalWriter<'d>), ResumeError> {
    complete(&mut ready, &mut interaction)?;
    let path = file(dir, journal.id());
    let mut log = Log::open(disk, &path, MODE).map_err(JournalError::from)?;
    log.append(&Line::Resumed { at: now })
        .map_err(JournalError::from)?;
    let writer = JournalWriter {
        log: Mutex::new(log),
    };
    Ok((ready, writer))
}

impl<'d> JournalWriter<'d> {
    /// Notes that the run came to its end; [`Self::verified`] or [`Self::close`]
    /// makes it durable. All outcomes are already: a journal that a power cut
    /// left without its end is carried on to it, and nothing is done twice.
    pub fn end(&self, report: &Report, now: Timestamp) -> Result<(), RecordError> {
        self.end_as(report, false, now)
    }

    /// The same for a run that failed for good: its command decides again.
    pub fn end_for_good(&self, report: &Report, now: Timestamp) -> Result<(), RecordError> {
        self.end_as(report, true, now)
    }

    fn end_as(&self, report: &Report, over: bool, now: Timestamp) -> Result<(), RecordError> {
        let skipped = report.receipts.iter();
        let skipped = skipped.filter(|r| matches!(r.outcome, Outcome::Skipped(_)));
        let line = Line::Ended {
            at: now,
            skipped: skipped.cloned().collect(),
            over,
            counts: Some(Counts::of(&report.receipts, report.receipts.len())),
        };
        self.log().append_unsynced(&line).map_err(RecordError)
    }

    /// Makes everything durable that was noted.
    pub fn close(&self) -> Result<(), RecordError> {
        self.log().sync().map_err(RecordError)
    }

    /// Notes what looking again showed.
    pub fn verified(&self, verification: &Verification, now: Timestamp) -> Result<(), RecordError> {
        self.append(&Line::Verified {
            at: now,
            verification: verification.clone(),
        })
    }

    fn append(&self, line: &Line) -> Result<(), RecordError> {
        self.log().append(line).map_err(RecordError)
    }

    fn log(&self) -> MutexGuard<'_, Log<'d>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record for JournalWriter<'_> {
    fn intent(&self, action: &ActionId, at: Timestamp) -> Result<(), RecordError> {
        self.append(&Line::Intent {
            action: action.clone(),
            at,
        })
    }

    fn outcome(&self, receipt: &Receipt) -> Result<(), RecordError> {
        self.append(&Line::Outcome(receipt.clone()))
    }
}
