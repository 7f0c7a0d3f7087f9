//! Reading records: what runs there are, and all of one.

use std::path::{Path, PathBuf};

use piton_agent::{CallFiles, CallRecord};
use piton_durable::{DiskError, DiskRead, Kind, Lock};
use serde_json::Value;

use super::call::VERDICT_FILE;
use super::layout::RunDir;
use super::{CallVerdict, RunId, RunState, RunSummary, RunUnit};
use piton_base::Clock;

/// A record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ListingError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("there is no run {id}")]
    NotThere { id: RunId },
    #[error(transparent)]
    Events(#[from] piton_durable::LogError),
}

impl ListingError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotThere { .. } => Some("`piton runs list` shows what there is"),
            Self::Disk(_) | Self::Events(_) => None,
        }
    }
}

/// One run, as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedRun {
    pub id: RunId,
    pub state: RunState,
    /// `None` when the summary is missing or cannot be read: the record still
    /// counts, and retention can still remove it.
    pub summary: Option<RunSummary>,
}

/// Everything that one run recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct FullRun {
    pub run: ListedRun,
    pub dir: PathBuf,
    pub events: Vec<Value>,
    pub calls: Vec<ListedCall>,
}

/// One call of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedCall {
    pub dir: PathBuf,
    /// What the agent's side recorded; `None` while the call runs.
    pub call: Option<CallRecord>,
    /// What became of it; `None` when the run ended before that was known.
    pub verdict: Option<CallVerdict>,
}

/// Returns all runs, the newest first.
pub fn list(disk: &dyn DiskRead, runs: &Path) -> Result<Vec<ListedRun>, ListingError> {
    let mut listed: Vec<ListedRun> = ids(disk, runs)?
        .into_iter()
        .map(|id| read(disk, runs, id))
        .collect();
    listed.sort_by(|a, b| b.id.cmp(&a.id));
    Ok(listed)
}

/// Returns what is told of every run, for whoever adds it up: one that the disk
/// does not give away is an error. One that is damaged is passed over.
pub fn summaries(disk: &dyn DiskRead, runs: &Path) -> Result<Vec<RunSummary>, ListingError> {
    let mut found = Vec::new();
    for id in ids(disk, runs)? {
        let bytes = disk.read_if_there(&RunDir::of(runs, &id).summary())?;
        found.extend(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()));
    }
    Ok(found)
}

/// Returns all of one run.
pub fn show(disk: &dyn DiskRead, runs: &Path, id: &RunId) -> Result<FullRun, ListingError> {
    let dir = RunDir::of(runs, id);
    let there = disk.stat(dir.path())?;
    if there.is_none() {
        return Err(ListingError::NotThere { id: id.clone() });
    }
    let events = piton_durable::log::read_lines(disk, &dir.events())?
        .lines
        .iter()
        // A line from a newer piton is shown as the text it is.
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| Value::from(line.as_str())))
        .collect();
    let mut calls: Vec<(u32, ListedCall)> = names(disk, &dir.calls())?
        .into_iter()
        .filter_map(|name| {
            let number = name.split_once('-')?.0.parse().ok()?;
            let dir = dir.calls().join(&name);
            let call = ListedCall {
                call: json(disk, &CallFiles::in_directory(&dir).record()),
                verdict: json(disk, &dir.join(VERDICT_FILE)),
                dir,
            };
            Some((number, call))
        })
        .collect();
    calls.sort_by_key(|(number, _)| *number);
    Ok(FullRun {
        run: read(disk, runs, id.clone()),
        dir: dir.path().to_owned(),
        events,
        calls: calls.into_iter().map(|(_, call)| call).collect(),
    })
}

/// Returns every run with its size and age, for retention to decide about.
pub fn units(
    disk: &dyn DiskRead,
    clock: &dyn Clock,
    runs: &Path,
) -> Result<Vec<RunUnit>, ListingError> {
    let now = clock.now();
    ids(disk, runs)?
        .into_iter()
        .map(|id| {
            let dir = RunDir::of(runs, &id);
            let (bytes, modified) = measure(disk, dir.path())?;
            let age = modified
                .and_then(|at| jiff::Timestamp::try_from(at).ok())
                .map_or(0, |at| now.duration_since(at).as_hours() / 24);
            Ok(RunUnit {
                state: state(&dir),
                bytes,
                age_days: u64::try_from(age).unwrap_or(0),
                id,
            })
        })
        .collect()
}

fn read(disk: &dyn DiskRead, runs: &Path, id: RunId) -> ListedRun {
    let dir = RunDir::of(runs, &id);
    ListedRun {
        state: state(&dir),
        summary: json(disk, &dir.summary()),
        id,
    }
}

/// Returns whether a run is under way.
pub fn state_of(runs: &Path, id: &RunId) -> RunState {
    state(&RunDir::of(runs, id))
}

/// A run is live while somebody holds its lock, and no longer.
fn state(dir: &RunDir) -> RunState {
    match Lock::at(dir.lock()).is_held() {
        Ok(false) => RunState::Over,
        // Where locks cannot be asked, nothing is known to be over.
        Ok(true) | Err(_) => RunState::Live,
    }
}

fn ids(disk: &dyn DiskRead, runs: &Path) -> Result<Vec<RunId>, ListingError> {
    Ok(names(disk, runs)?
        .into_iter()
        .filter_map(|name| name.parse().ok())
        .collect())
}

/// The names of the directories in `dir`, none when it is missing.
fn names(disk: &dyn DiskRead, dir: &Path) -> Result<Vec<String>, ListingError> {
    if disk.stat(dir)?.is_none() {
        return Ok(Vec::new());
    }
    Ok(disk
        .list(dir)?
        .into_iter()
        .filter(|entry| entry.kind == Kind::Dir)
        .filter_map(|entry| entry.name.into_string().ok())
        .collect())
}

fn json<T: serde::de::DeserializeOwned>(disk: &dyn DiskRead, path: &Path) -> Option<T> {
    serde_json::from_slice(&disk.read(path).ok()?).ok()
}

/// The bytes below a directory, and when anything in it last changed.
fn measure(
    disk: &dyn DiskRead,
    root: &Path,
) -> Result<(u64, Option<std::time::SystemTime>), ListingError> {
    let (mut bytes, mut newest) = (0, None);
    let mut waiting = vec![root.to_owned()];
    while let Some(dir) = waiting.pop() {
        for entry in disk.list(&dir)? {
            let path = dir.join(&entry.name);
            if let Some(stat) = disk.stat(&path)? {
                newest = newest.max(stat.modified);
                bytes += stat.len;
            }
            if entry.kind == Kind::Dir {
                waiting.push(path);
            }
        }
    }
    Ok((bytes, newest))
}
