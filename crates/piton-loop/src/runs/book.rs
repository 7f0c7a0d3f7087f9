//! The record of the run under way, begun when there is something to record.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use piton_agent::sealing::SealTerms;
use piton_base::{Clock, Report};
use piton_durable::{Disk, Holder};
use piton_migration::operation::MigrationEvent;

use super::{FinalStatus, RecordError, Recorded, RunId, RunRecord, RunSummary};
use crate::effort::EffortBudget;
use crate::planning::bookkeeping;

/// One record for all that one run of piton does, shared by its workers. It
/// follows what happens to migrations, and writes down how the run ends.
#[derive(Debug)]
pub struct RunBook<'d> {
    disk: &'d dyn Disk,
    clock: &'d dyn Clock,
    runs: PathBuf,
    repo_root: String,
    holder: Holder,
    report: &'d dyn Report<Recorded>,
    page: Mutex<Page<'d>>,
}

#[derive(Debug, Default)]
struct Page<'d> {
    record: Option<Arc<RunRecord<'d>>>,
    /// The first failure; it decides how the run ends.
    failure: Option<(FinalStatus, String)>,
    /// What could not be written down.
    lost: Option<RecordError>,
}

/// With what a run sets out.
#[derive(Clone, Copy, Debug)]
pub struct Outset<'a> {
    /// What the user ran.
    pub command: &'a str,
    pub agent: &'a str,
    pub model: Option<&'a str>,
    pub budget: EffortBudget,
    /// On what terms programs run.
    pub terms: &'a SealTerms,
}

impl<'d> RunBook<'d> {
    pub fn new(
        disk: &'d dyn Disk,
        clock: &'d dyn Clock,
        (runs, repo_root): (PathBuf, String),
        holder: Holder,
        report: &'d dyn Report<Recorded>,
    ) -> Self {
        Self {
            disk,
            clock,
            runs,
            repo_root,
            holder,
            report,
            page: Mutex::default(),
        }
    }

    /// Returns the record; the first who asks begins it.
    pub fn begun(&self, outset: &Outset<'_>) -> Result<Arc<RunRecord<'d>>, RecordError> {
        let record = {
            let mut page = self.page();
            if let Some(record) = &page.record {
                return Ok(Arc::clone(record));
            }
            let summary = RunSummary::new(outset.command, &self.repo_root);
            let (runs, holder) = (&self.runs, &self.holder);
            let record =
                RunRecord::begin(self.disk, self.clock, runs, holder, self.report, summary)?;
            Arc::clone(page.record.insert(Arc::new(record)))
        };
        bookkeeping::set_out(&record, outset)?;
        Ok(record)
    }

    /// Returns the run that is recorded, if one was begun.
    pub fn id(&self) -> Option<RunId> {
        self.page().record.as_ref().map(|it| it.id().clone())
    }

    /// Notes a failure; the first one decides how the run ends.
    pub fn failed(&self, status: FinalStatus, story: &str) {
        let failure = (status, story.to_owned());
        self.page().failure.get_or_insert(failure);
    }

    /// Ends the record, if one was begun.
    pub fn close(&self) -> Result<(), RecordError> {
        let page = std::mem::take(&mut *self.page());
        let Some(record) = page.record else {
            return Ok(());
        };
        let (status, error) = match page.failure {
            Some((status, error)) => (status, Some(error)),
            None => (FinalStatus::Completed, None),
        };
        record.finish(status, error)?;
        page.lost.map_or(Ok(()), Err)
    }

    fn page(&self) -> MutexGuard<'_, Page<'d>> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report<MigrationEvent> for RunBook<'_> {
    fn report(&self, event: MigrationEvent) {
        let record = self.page().record.clone();
        let Some(record) = record else {
            return;
        };
        if let MigrationEvent::Refused { story, .. } = &event {
            self.failed(FinalStatus::MigrationFailed, story);
        }
        if let Err(error) = bookkeeping::follow(&record, event) {
            self.page().lost = Some(error);
        }
    }
}
