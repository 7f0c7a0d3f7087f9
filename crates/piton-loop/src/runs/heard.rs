//! What an agent's call and the validation command tell, as events of the run.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use piton_agent::{CallEvent, CallEvents};

use super::{Event, RunRecord};
use crate::validation::ShowOutput;

/// How often the progress of a call is told in the long run,
const PACE: Duration = Duration::from_secs(1);
/// and how often at once.
const AT_ONCE: u32 = 5;

/// Follows one call. What cannot be written down of it makes the record poorer
/// and nothing else; the next event says why.
#[derive(Debug)]
pub struct Heard<'r, 'd> {
    run: &'r RunRecord<'d>,
    call: u32,
    pace: Mutex<Pace>,
}

/// What may still be told, and since when it grows again.
#[derive(Clone, Copy, Debug)]
struct Pace {
    spare: u32,
    since: Duration,
}

impl<'r, 'd> Heard<'r, 'd> {
    pub fn of(run: &'r RunRecord<'d>, call: u32) -> Self {
        Self {
            run,
            call,
            pace: Mutex::new(Pace {
                spare: AT_ONCE,
                since: run.elapsed(),
            }),
        }
    }

    /// Whether progress is told now. An agent that says something now and then
    /// is heard every time, one that never stops once a second.
    fn is_due(&self) -> bool {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = self.run.elapsed().saturating_sub(pace.since).as_secs();
        let more = u32::try_from(passed).unwrap_or(u32::MAX);
        pace.spare = pace.spare.saturating_add(more).min(AT_ONCE);
        pace.since += PACE * more;
        let due = pace.spare > 0;
        pace.spare = pace.spare.saturating_sub(1);
        due
    }
}

impl CallEvents for Heard<'_, '_> {
    fn event(&self, event: CallEvent<'_>) {
        let call = self.call;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let event = match event {
            CallEvent::Started { pid, arguments } => Event::CallLaunched {
                call,
                pid,
                arguments: arguments.to_vec(),
            },
            CallEvent::Stdout(bytes) | CallEvent::Stderr(bytes) => Event::CallPrinted {
                call,
                text: text(bytes),
            },
            CallEvent::Retrying(why) => Event::CallRetrying {
                call,
                why: why.to_owned(),
            },
            CallEvent::Progress { .. } if !self.is_due() => return,
            CallEvent::Progress {
                usage,
                cost_usd,
                doing,
            } => Event::CallProgress {
                call,
                usage,
                cost_usd,
                doing: doing.map(str::to_owned),
            },
            CallEvent::Ending(reason) => Event::CallEnding { call, reason },
            CallEvent::NoRoom => Event::Warned {
                text: "the disk is full: the agent's output is no longer kept".to_owned(),
            },
            CallEvent::Warning(text) => Event::Warned {
                text: text.to_owned(),
            },
        };
        let _ = self.run.event(event);
    }
}

impl ShowOutput for Heard<'_, '_> {
    fn show(&self, chunk: &[u8]) {
        let _ = self.run.event(Event::ValidationPrinted {
            call: self.call,
            text: String::from_utf8_lossy(chunk).into_owned(),
        });
    }
}
