//! Writing the record of the run that is under way.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Zoned;
use piton_agent::{CallFiles, CallRecord, Usage};
use piton_durable::{
    Disk, Holder, Lock, LockError, LockGuard, Log, LogError, WriteError, write_unsynced,
    write_whole,
};

use super::call::VERDICT_FILE;
use super::layout::RunDir;
use super::{CallVerdict, Event, FinalStatus, Recorded, RunEnd, RunId, RunSummary, stamp};
use piton_base::{Clock, Report};

/// Records hold prompts and answers, which are nobody else's business.
const MODE: u32 = 0o600;
const DIRECTORY_MODE: u32 = 0o700;

/// A record could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the run {id} could not be marked as alive")]
    Lock {
        id: RunId,
        #[source]
        source: LockError,
    },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("{} could not be encoded", path.display())]
    Encode {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

/// The record of a run under way. As long as it lives, the run counts as live.
///
/// Dropping it without [`RunRecord::finish`] leaves the summary as `running`,
/// which without a holder of its lock reads as killed.
pub struct RunRecord<'d> {
    page: Arc<Page<'d>>,
    /// Which of several jobs writes here, where there are jobs.
    job: Option<u32>,
}

/// What all jobs of a run share.
struct Page<'d> {
    disk: &'d dyn Disk,
    clock: &'d dyn Clock,
    dir: RunDir,
    id: RunId,
    /// Several workers may write at once.
    written: Mutex<Written<'d>>,
    report: &'d dyn Report<Recorded>,
    /// When it began, on the clock that never goes back.
    began: Duration,
    _live: LockGuard,
}

/// A call that has its place in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedCall {
    pub number: u32,
    pub files: CallFiles,
}

struct Written<'d> {
    events: Log<'d>,
    summary: RunSummary,
    /// How many calls and validations have their place.
    placed: u32,
    consumed: BTreeMap<u32, Consumed>,
    /// Whether a summary was written that must outlast a power cut: what calls
    /// cost counts against the day's budget. Until then a record is evidence
    /// of nothing that anybody paid for, and waits for no disk.
    lasts: bool,
    /// Whether the name of the record itself is durable.
    named: bool,
}

/// What calls consumed, as far as the agent tells.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Consumed {
    pub usage: Option<Usage>,
    pub cost_usd: Option<f64>,
}

impl Consumed {
    pub(super) fn add(&mut self, more: Self) {
        if let Some(usage) = more.usage {
            *self.usage.get_or_insert_default() += usage;
        }
        if let Some(cost) = more.cost_usd {
            *self.cost_usd.get_or_insert(0.0) += cost;
        }
    }
}

impl<'d> RunRecord<'d> {
    /// Begins a record below `runs`. The summary's identity is filled in here.
    pub fn begin(
        disk: &'d dyn Disk,
        clock: &'d dyn Clock,
        runs: &Path,
        holder: &Holder,
        report: &'d dyn Report<Recorded>,
        mut summary: RunSummary,
    ) -> Result<Self, RecordError> {
        let mut now = clock.local();
        // Two runs of one microsecond: the later one takes the next.
        let (id, dir, live) = loop {
            let id = RunId::at(&now);
            let dir = RunDir::of(runs, &id);
            let taken = disk.stat(dir.path()).ok().flatten().is_some();
            if !taken {
                match Lock::at(dir.lock()).acquire(holder, Duration::ZERO) {
                    Ok(guard) => break (id, dir, guard),
                    Err(LockError::Held { .. }) => {}
                    Err(source) => return Err(RecordError::Lock { id, source }),
                }
            }
            now = later(&now);
        };
        piton_durable::create_dirs(disk, runs)?;
        piton_durable::make_dirs(disk, &dir.calls())?;
        // What agents themselves write into their call's files as well.
        disk.set_mode(dir.path(), DIRECTORY_MODE)
            .map_err(WriteError::from)?;
        summary.run_id = id.clone();
        let root = dir.path().display().to_string();
        summary.artifact_root.clone_from(&root);
        summary.started_at = stamp(&now);
        summary.final_status = FinalStatus::Running;
        let events = Log::open_unsynced(disk, &dir.events(), MODE)?;
        let page = Page {
            disk,
            clock,
            dir,
            id,
            written: Mutex::new(Written {
                events,
                summary,
                placed: 0,
                consumed: BTreeMap::new(),
                lasts: false,
                named: false,
            }),
            report,
            began: clock.elapsed(),
            _live: live,
        };
        let record = Self {
            page: Arc::new(page),
            job: None,
        };
        record.update(|_| {})?;
        record.event(Event::ArtifactsReady { root })?;
        Ok(record)
    }

    /// Returns the same record for one of several jobs: what it tells is told
    /// as that job's.
    #[must_use]
    pub fn of_job(&self, job: u32) -> Self {
        Self {
            page: Arc::clone(&self.page),
            job: Some(job),
        }
    }

    pub fn id(&self) -> &RunId {
        &self.page.id
    }

    pub fn dir(&self) -> &RunDir {
        &self.page.dir
    }

    pub fn summary(&self) -> RunSummary {
        self.written().summary.clone()
    }

    /// Appends an event, and tells it to whoever follows the run. A record is
    /// evidence and decides nothing, so its lines wait for no disk.
    pub fn event(&self, event: Event) -> Result<(), RecordError> {
        let told = Recorded {
            at: self.page.clock.local(),
            run: Some(self.page.id.clone()),
            job: self.job,
            event,
        };
        let kept = if told.event.is_recorded() {
            self.written().events.append_unsynced(&told)
        } else {
            Ok(())
        };
        self.page.report.report(told);
        Ok(kept?)
    }

    /// Tells of something in a sentence. A record that could not be written is
    /// merely poorer.
    pub fn note(&self, text: impl Into<String>) {
        let _ = self.event(Event::Noted { text: text.into() });
    }

    /// Makes the place of the next call of an agent, which leaves its files
    /// there.
    pub fn call(&self, role: &str) -> Result<RecordedCall, RecordError> {
        self.written().summary.counts.calls += 1;
        self.place(role)
    }

    /// Makes the place of what is no call of an agent and is kept among them: a
    /// validation.
    pub fn place(&self, role: &str) -> Result<RecordedCall, RecordError> {
        let number = {
            let mut written = self.written();
            written.placed += 1;
            written.placed
        };
        let dir = self.page.dir.call(number, role);
        piton_durable::make_dirs(self.page.disk, &dir)?;
        Ok(RecordedCall {
            number,
            files: CallFiles::in_directory(dir),
        })
    }

    /// Returns the time on the clock that never goes back.
    pub(crate) fn elapsed(&self) -> Duration {
        self.page.clock.elapsed()
    }

    /// Returns what all calls that are over consumed, and what those of today
    /// cost.
    pub(crate) fn consumed_by_all(&self) -> (Consumed, f64) {
        let today = self.page.clock.local().date();
        let summary = &self.written().summary;
        let all = Consumed {
            usage: summary.usage,
            cost_usd: summary.cost_usd,
        };
        (all, summary.cost_on(today))
    }

    /// Returns what the calls of an action consumed so far.
    pub fn consumed(&self, attempt: u32) -> Consumed {
        let written = self.written();
        written.consumed.get(&attempt).copied().unwrap_or_default()
    }

    /// Counts what a call of an action consumed, durably where it was anything.
    pub(crate) fn count_for(&self, attempt: u32, call: &CallRecord) -> Result<(), RecordError> {
        let today = self.page.clock.local().date();
        let spent = Consumed {
            usage: call.usage,
            cost_usd: call.cost_usd,
        };
        let mut written = self.written();
        written.consumed.entry(attempt).or_default().add(spent);
        written.lasts |= call.usage.is_some() || call.cost_usd.is_some();
        let lasts = written.lasts;
        self.change(&mut written, |summary| summary.count(call, today))?;
        if lasts {
            self.sync_names(&mut written)?;
        }
        Ok(())
    }

    /// Keeps what became of a call.
    pub fn verdict(&self, files: &CallFiles, verdict: &CallVerdict) -> Result<(), RecordError> {
        let path = files.directory.join(VERDICT_FILE);
        let text = encoded(&path, verdict)?;
        write_unsynced(self.page.disk, &path, text.as_bytes(), MODE)?;
        Ok(())
    }

    /// Changes the summary and writes it.
    pub fn update(&self, change: impl FnOnce(&mut RunSummary)) -> Result<(), RecordError> {
        self.change(&mut self.written(), change)
    }

    /// The same by somebody who has the pen. One that replaces what must last
    /// is whole itself before it does.
    fn change(
        &self,
        written: &mut Written<'_>,
        change: impl FnOnce(&mut RunSummary),
    ) -> Result<(), RecordError> {
        change(&mut written.summary);
        let path = self.page.dir.summary();
        let text = encoded(&path, &written.summary)?;
        if written.lasts {
            write_whole(self.page.disk, &path, text.as_bytes(), MODE)?;
        } else {
            write_unsynced(self.page.disk, &path, text.as_bytes(), MODE)?;
        }
        Ok(())
    }

    /// Makes the names of what is in the record durable, and once its own.
    fn sync_names(&self, written: &mut Written<'_>) -> Result<(), RecordError> {
        let dirs = if written.named { 1 } else { 2 };
        for dir in self.page.dir.path().ancestors().take(dirs) {
            self.page.disk.sync_dir(dir).map_err(WriteError::from)?;
        }
        written.named = true;
        Ok(())
    }

    /// Ends the record: `told` says why it is over, `error` why it is no plain
    /// success, if it is none.
    pub fn finish(
        &self,
        status: FinalStatus,
        told: Option<String>,
        error: Option<String>,
    ) -> Result<(), RecordError> {
        let finished = stamp(&self.page.clock.local());
        let end = {
            let summary = &self.written().summary;
            RunEnd {
                status,
                summary: told,
                calls: summary.counts.calls,
                commits: summary.counts.commits_created,
                usage: summary.usage,
                cost_usd: summary.cost_usd,
                duration_ms: millis(self.page.clock.elapsed().saturating_sub(self.page.began)),
            }
        };
        let told = self.event(Event::RunFinished(end));
        let mut written = self.written();
        let synced = written.events.sync();
        // How a run ended is what people ask for later.
        written.lasts = true;
        self.change(&mut written, |summary| {
            summary.final_status = status;
            summary.error_message = error;
            summary.finished_at = Some(finished);
        })?;
        self.sync_names(&mut written)?;
        told?;
        Ok(synced?)
    }

    fn written(&self) -> MutexGuard<'_, Written<'d>> {
        self.page
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn encoded(path: &Path, value: &impl serde::Serialize) -> Result<String, RecordError> {
    let encoded = serde_json::to_value(value)
        // A value's keys come out sorted, a struct's do not.
        .and_then(|value| serde_json::to_string_pretty(&value));
    let mut text = encoded.map_err(|source| RecordError::Encode {
        path: path.to_owned(),
        source,
    })?;
    text.push('\n');
    Ok(text)
}

impl fmt::Debug for RunRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunRecord")
            .field("dir", &self.page.dir)
            .finish_non_exhaustive()
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn later(now: &Zoned) -> Zoned {
    now.checked_add(Duration::from_micros(1))
        .unwrap_or_else(|_| now.clone())
}
