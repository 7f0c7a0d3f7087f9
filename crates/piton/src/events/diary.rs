//! The course of a run in a few lines, for those who follow it elsewhere.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use piton_loop::runs::{CallStatus, Event, Recorded};

/// No more lines are kept than anybody reads.
const MOST: usize = 100;

/// Lines that nobody took yet; nothing is kept before somebody wants it.
#[derive(Debug, Default)]
pub(crate) struct Diary(Mutex<Option<Vec<(Timestamp, String)>>>);

impl Diary {
    /// Keeps what happens from now on.
    pub(crate) fn begin(&self) {
        self.lines().get_or_insert_default();
    }

    /// Takes out what happened since it was asked last.
    pub(crate) fn taken(&self) -> Vec<(Timestamp, String)> {
        self.lines()
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    pub(super) fn take(&self, told: &Recorded) {
        if let Some(lines) = self.lines().as_mut()
            && lines.len() < MOST
            && let Some(line) = line(&told.event)
        {
            lines.push((told.at.timestamp(), line));
        }
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Option<Vec<(Timestamp, String)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns what of an event is for others: what is asked and what came of it.
/// What agents and commands print, and where things are here, is not.
fn line(event: &Event) -> Option<String> {
    let text = if let Event::ValidationFinished { commit, .. } = event {
        format!("validated {commit}: {}", event.message())
    } else if matches!(
        event,
        Event::CallStarted { .. } | Event::CallRetrying { .. } | Event::CallEnding { .. }
    ) || matches!(event, Event::CallFinished(end) if end.call_status == CallStatus::Failed)
    {
        event.message()
    } else {
        return None;
    };
    text.lines().next().map(str::to_owned)
}
