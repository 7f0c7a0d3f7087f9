//! The record of the run under way, begun when there is something to record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use piton_base::{Clock, Report};
use piton_durable::{Disk, Holder};
use piton_migration::operation::MigrationEvent;
use piton_plan::{Event as PlanEvent, Progress};

use super::{Event, FinalStatus, Outset, RecordError, Recorded, RunId, RunRecord, RunSummary};
use crate::planning::bookkeeping;
use crate::planning::site::Site;

/// One record for all that one run of piton does, shared by its workers. It
/// follows what happens to migrations, and writes down how the run ends.
#[derive(Debug)]
pub struct RunBook<'d> {
    disk: &'d dyn Disk,
    clock: &'d dyn Clock,
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

impl<'d> RunBook<'d> {
    pub fn new(disk: &'d dyn Disk, clock: &'d dyn Clock, report: &'d dyn Report<Recorded>) -> Self {
        Self {
            disk,
            clock,
            report,
            page: Mutex::default(),
        }
    }

    /// Returns the record; the first who asks begins it, in the repository of
    /// that site.
    pub fn begun(
        &self,
        site: &Site,
        holder: &Holder,
        outset: &Outset,
    ) -> Result<Arc<RunRecord<'d>>, RecordError> {
        let record = {
            let mut page = self.page();
            if let Some(record) = &page.record {
                return Ok(Arc::clone(record));
            }
            let root = site.root().display().to_string();
            let summary = RunSummary::new(&outset.command, &root);
            let runs = site.runs();
            let record =
                RunRecord::begin(self.disk, self.clock, &runs, holder, self.report, summary)?;
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

    /// Ends the record, if one was begun: as its first failure says.
    pub fn close(&self) -> Result<(), RecordError> {
        let failure = self.page().failure.clone();
        let (status, why) = match failure {
            Some((status, why)) => (status, Some(why)),
            None => (FinalStatus::Completed, None),
        };
        self.close_as(status, why.clone(), why)
    }

    /// Ends the record, if one was begun, as whoever led the run says.
    pub fn close_as(
        &self,
        status: FinalStatus,
        told: Option<String>,
        error: Option<String>,
    ) -> Result<(), RecordError> {
        let page = std::mem::take(&mut *self.page());
        if let Some(record) = page.record {
            record.finish(status, told, error)?;
        }
        page.lost.map_or(Ok(()), Err)
    }

    /// Reports an event of one of several jobs.
    pub fn report_of(&self, job: Option<u32>, event: Event) {
        match (self.record(), job) {
            (Some(record), Some(job)) => {
                let kept = record.of_job(job).event(event);
                self.keep(kept);
            }
            (Some(_) | None, _) => self.report(event),
        }
    }

    fn record(&self) -> Option<Arc<RunRecord<'d>>> {
        self.page().record.clone()
    }

    fn keep(&self, kept: Result<(), RecordError>) {
        if let Err(error) = kept {
            self.page().lost = Some(error);
        }
    }

    fn page(&self) -> MutexGuard<'_, Page<'d>> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Report<Event> for RunBook<'_> {
    /// Before anything is recorded an event is told and belongs to no run.
    fn report(&self, event: Event) {
        match self.record() {
            Some(record) => {
                let kept = record.event(event);
                self.keep(kept);
            }
            None => self.report.report(Recorded {
                at: self.clock.local(),
                run: None,
                job: None,
                event,
            }),
        }
    }
}

impl Report<MigrationEvent> for RunBook<'_> {
    fn report(&self, event: MigrationEvent) {
        for told in bookkeeping::events_of(&event) {
            self.report(told);
        }
        if let MigrationEvent::Refused { story, .. } = &event {
            self.failed(FinalStatus::MigrationFailed, story);
        }
        if let Some(record) = self.record() {
            let kept = bookkeeping::follow(&record, event);
            self.keep(kept);
        }
    }
}

impl Progress for RunBook<'_> {
    fn event(&self, event: PlanEvent<'_>) {
        self.report(match event {
            PlanEvent::Started { action } => Event::PlanActionStarted {
                plan_action: action.clone(),
            },
            PlanEvent::Settled { receipt } => Event::PlanActionSettled {
                receipt: receipt.clone(),
            },
        });
    }
}
