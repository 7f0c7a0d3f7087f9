//! Which run records may go.
//!
//! Pure: what is there comes in as values, what to remove goes out as values,
//! so a dry run shows exactly what the real one does.

use super::RunId;

/// What to keep; what breaks any limit goes, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionPolicy {
    pub runs: Option<Keep>,
    pub bytes: Option<Keep>,
    pub days: Option<Keep>,
}

/// A limit.
pub type Keep = u64;

/// Whether a run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunState {
    /// Someone holds its lock.
    Live,
    Over,
}

/// One record, as retention sees it; what names it may be anything that sorts
/// by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunUnit<I = RunId> {
    pub id: I,
    pub state: RunState,
    pub bytes: u64,
    pub age_days: u64,
}

/// One record to remove, with the limit that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal<I = RunId> {
    pub id: I,
    pub bytes: u64,
    pub reason: &'static str,
}

impl Default for RetentionPolicy {
    fn default() -> Self {
        Self {
            runs: Some(200),
            bytes: None,
            days: Some(90),
        }
    }
}

/// Returns what to remove, newest kept first; live runs neither go nor count.
pub fn removals<I: Clone + Ord>(policy: RetentionPolicy, runs: &[RunUnit<I>]) -> Vec<Removal<I>> {
    let mut over: Vec<&RunUnit<I>> = runs
        .iter()
        .filter(|run| run.state == RunState::Over)
        .collect();
    over.sort_by(|a, b| b.id.cmp(&a.id));
    let (mut kept, mut bytes) = (0, 0_u64);
    let mut removals = Vec::new();
    for run in over {
        let reason = if exceeds(policy.days, run.age_days) {
            "older than is kept"
        } else if exceeds(policy.runs, kept + 1) {
            "more than are kept"
        } else if exceeds(policy.bytes, bytes.saturating_add(run.bytes)) {
            "larger than is kept"
        } else {
            kept += 1;
            bytes = bytes.saturating_add(run.bytes);
            continue;
        };
        removals.push(Removal {
            id: run.id.clone(),
            bytes: run.bytes,
            reason,
        });
    }
    removals
}

fn exceeds(limit: Option<Keep>, value: u64) -> bool {
    limit.is_some_and(|limit| value > limit)
}
