//! What is known of the limit at the agent's provider, from run to run.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use piton_base::Clock;
use piton_durable::{Disk, DiskRead, write_atomic};
use piton_loop::deciding::limits::OnQuota;
use piton_loop::deciding::memory::Quota;
use serde::{Deserialize, Serialize};

use super::course::Course;
use crate::workshop::Floor;

/// The first wait where the provider names no time; each more is twice as long.
const FIRST: Duration = Duration::from_secs(60);
/// So often in a row, and no more.
const WAITS: u32 = 5;

/// The note, which a machine that was off finds again.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    version: u32,
    agent: String,
    until: Timestamp,
}

/// No provider's limit lasts longer. A time beyond that was misread, and a run
/// that believed it would wait for ever.
const LONGEST: Duration = Duration::from_secs(35 * 24 * 60 * 60);

/// Returns what an earlier run learned, as long as it holds.
pub(super) fn known(floor: &Floor<'_>) -> Quota {
    let now = floor.context.clock.now();
    floor
        .context
        .disk
        .read_at_most(&file(floor), 4096)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok())
        .filter(|note| note.version == 1 && note.agent == floor.agent.name() && note.until > now)
        .and_then(|note| believed(floor, Some(note.until)))
        .map_or(Quota::Open, |until| Quota::UsedUp { until: Some(until) })
}

/// Returns the time that a provider names, where it can be one.
pub(super) fn believed(floor: &Floor<'_>, until: Option<Timestamp>) -> Option<Timestamp> {
    let most = floor.context.clock.now().checked_add(LONGEST).ok()?;
    until.filter(|until| *until <= most)
}

/// Notes until when there is no more. Without the note the next run asks once.
pub(super) fn note(floor: &Floor<'_>, until: Option<Timestamp>) {
    let Some(until) = until else { return };
    let note = Note {
        version: 1,
        agent: floor.agent.name().to_owned(),
        until,
    };
    let bytes = serde_json::to_vec(&note).unwrap_or_default();
    let _ = write_atomic(&floor.context.disk, &file(floor), &bytes, 0o600);
}

/// Forgets it: the provider gave something.
pub(super) fn forget(floor: &Floor<'_>) {
    let _ = floor.context.disk.remove_file(&file(floor));
}

/// Returns until when a run waits that was told no time. It does not wait for
/// ever.
pub(super) fn back_off(floor: &Floor<'_>, course: &Course, waits: u32) -> Option<Timestamp> {
    match course.limits.on_quota {
        OnQuota::Stop => None,
        OnQuota::Wait if waits >= WAITS => None,
        OnQuota::Wait => {
            let now = floor.context.clock.now();
            now.checked_add(FIRST * 2_u32.pow(waits)).ok()
        }
    }
}

/// Returns the note of it.
pub(super) fn file(floor: &Floor<'_>) -> PathBuf {
    floor.place.state().path().join("provider.json")
}
