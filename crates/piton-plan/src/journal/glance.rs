//! Looking at the two ends of a journal: enough for a list of one that came to
//! its end, however large the plan in it is.

use std::path::Path;

use jiff::Timestamp;
use piton_durable::DiskRead;
use serde::Deserialize;

use crate::id::PlanId;
use crate::journal::line::{FORMAT, Line};
use crate::journal::status::Begun;

/// More than the beginning of any head and the end of most runs.
const MOST: usize = 16 << 10;

/// What stands at the beginning of the first line.
#[derive(Deserialize)]
struct Start {
    journal: u32,
    id: PlanId,
    at: Timestamp,
    command: String,
}

/// Returns what a list shows, or `None` where the whole has to be read: of a
/// run that is not over, and of a journal of an earlier piton.
pub(super) fn glance(disk: &dyn DiskRead, path: &Path, id: PlanId) -> Option<Begun> {
    let ends = disk.read_ends(path, MOST).ok()?;
    let start = start(&ends.first)?;
    if start.journal != FORMAT || start.id != id {
        return None;
    }
    let (counts, over) = last_words(&ends.last)?;
    Some(Begun {
        command: start.command,
        at: start.at,
        actions: counts.actions,
        settled: counts.settled,
        status: counts.status(over),
    })
}

/// Reads the head up to where it grows with its plan. Inside of a string a
/// quote has a backslash before it, so that none can be taken for this one.
fn start(bytes: &[u8]) -> Option<Start> {
    let text = String::from_utf8_lossy(bytes);
    let (start, _) = text.split_once(",\"left_out\":")?;
    serde_json::from_str(&format!("{start}}}")).ok()
}

/// Returns what the end of the run said, if nothing but a look came after it.
fn last_words(bytes: &[u8]) -> Option<(super::line::Counts, bool)> {
    let whole = bytes.strip_suffix(b"\n")?;
    for line in whole.rsplit(|byte| *byte == b'\n') {
        match serde_json::from_slice(line).ok()? {
            Line::Verified { .. } => {}
            Line::Ended { counts, over, .. } => return Some((counts?, over)),
            Line::Intent { .. } | Line::Outcome(_) | Line::Resumed { .. } => return None,
        }
    }
    None
}
