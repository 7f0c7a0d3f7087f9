//! Writing the record of the run that is under way.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Zoned;
use piton_agent::{CallFiles, CallRecord};
use piton_durable::{Disk, Holder, Lock, LockError, LockGuard, Log, LogError, WriteError};

use super::call::VERDICT_FILE;
use super::layout::RunDir;
use super::{CallVerdict, Event, FinalStatus, RunId, RunSummary, stamp};
use piton_base::Clock;

/// Records hold prompts and answers, which are nobody else's business.
const MODE: u32 = 0o600;

/// A record could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("mark the run {id} as alive")]
    Lock {
        id: RunId,
        #[source]
        source: LockError,
    },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("encode {}", path.display())]
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
    disk: &'d dyn Disk,
    clock: &'d dyn Clock,
    dir: RunDir,
    events: Log<'d>,
    summary: RunSummary,
    _live: LockGuard,
}

impl<'d> RunRecord<'d> {
    /// Begins a record below `runs`. The summary's identity is filled in here.
    pub fn begin(
        disk: &'d dyn Disk,
        clock: &'d dyn Clock,
        runs: &Path,
        holder: &Holder,
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
        piton_durable::create_dirs(disk, &dir.calls())?;
        summary.run_id = id;
        summary.artifact_root = dir.path().display().to_string();
        summary.started_at = stamp(&now);
        summary.final_status = FinalStatus::Running;
        let events = Log::open(disk, &dir.events(), MODE)?;
        let mut record = Self {
            disk,
            clock,
            dir,
            events,
            summary,
            _live: live,
        };
        record.write_summary()?;
        record.event(&Event::ArtifactsReady {
            root: record.summary.artifact_root.clone(),
        })?;
        Ok(record)
    }

    pub fn id(&self) -> &RunId {
        &self.summary.run_id
    }

    pub fn dir(&self) -> &RunDir {
        &self.dir
    }

    pub fn summary(&self) -> &RunSummary {
        &self.summary
    }

    /// Appends an event.
    pub fn event(&mut self, event: &Event) -> Result<(), RecordError> {
        let line = event.to_json(&self.clock.local());
        Ok(self.events.append(&line)?)
    }

    /// Makes the directory of the next call. The agent leaves its files there.
    pub fn call(&mut self, role: &str) -> Result<CallFiles, RecordError> {
        self.summary.counts.calls += 1;
        let dir = self.dir.call(self.summary.counts.calls, role);
        piton_durable::create_dirs(self.disk, &dir)?;
        Ok(CallFiles::in_directory(dir))
    }

    /// Counts what a call consumed.
    pub fn count(&mut self, call: &CallRecord) -> Result<(), RecordError> {
        if let Some(usage) = call.usage {
            *self.summary.usage.get_or_insert_default() += usage;
        }
        if call.answered_by.is_some() {
            self.summary.answered_by.clone_from(&call.answered_by);
        }
        if let Some(cost) = call.cost_usd {
            *self.summary.cost_usd.get_or_insert(0.0) += cost;
        }
        self.write_summary()
    }

    /// Keeps what became of a call.
    pub fn verdict(&self, files: &CallFiles, verdict: &CallVerdict) -> Result<(), RecordError> {
        self.write_json(&files.directory.join(VERDICT_FILE), verdict)
    }

    /// Changes the summary and writes it.
    pub fn update(&mut self, change: impl FnOnce(&mut RunSummary)) -> Result<(), RecordError> {
        change(&mut self.summary);
        self.write_summary()
    }

    /// Ends the record.
    pub fn finish(
        mut self,
        status: FinalStatus,
        error: Option<String>,
    ) -> Result<RunSummary, RecordError> {
        self.summary.final_status = status;
        self.summary.error_message = error;
        self.summary.finished_at = Some(stamp(&self.clock.local()));
        self.write_summary()?;
        Ok(self.summary)
    }

    fn write_summary(&self) -> Result<(), RecordError> {
        self.write_json(&self.dir.summary(), &self.summary)
    }

    fn write_json(&self, path: &Path, value: &impl serde::Serialize) -> Result<(), RecordError> {
        let encoded = serde_json::to_value(value)
            // A value's keys come out sorted, a struct's do not.
            .and_then(|value| serde_json::to_string_pretty(&value));
        let mut text = encoded.map_err(|source| RecordError::Encode {
            path: path.to_owned(),
            source,
        })?;
        text.push('\n');
        Ok(piton_durable::write_atomic(
            self.disk,
            path,
            text.as_bytes(),
            MODE,
        )?)
    }
}

impl fmt::Debug for RunRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunRecord")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

fn later(now: &Zoned) -> Zoned {
    now.checked_add(Duration::from_micros(1))
        .unwrap_or_else(|_| now.clone())
}
