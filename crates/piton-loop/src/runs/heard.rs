//! What an agent's call and the validation command tell, as events of the run.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use piton_agent::{CallEvent, CallEvents};

use super::{Event, RunRecord};
use crate::validation::ShowOutput;

/// How often at most the progress of a call is told.
const PACE: Duration = Duration::from_secs(2);

/// Follows one call. What cannot be written down of it makes the record poorer
/// and nothing else; the next event says why.
#[derive(Debug)]
pub struct Heard<'r, 'd> {
    run: &'r RunRecord<'d>,
    call: u32,
    told: Mutex<Option<Duration>>,
}

impl<'r, 'd> Heard<'r, 'd> {
    pub(super) fn new(run: &'r RunRecord<'d>, call: u32) -> Self {
        Self {
            run,
            call,
            told: Mutex::new(None),
        }
    }

    /// Whether enough time passed since progress was told last.
    fn is_due(&self) -> bool {
        let now = self.run.elapsed();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.is_none_or(|before| now.saturating_sub(before) >= PACE);
        if due {
            *told = Some(now);
        }
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
                text: "the disk is full: what the agent prints is not kept any more".to_owned(),
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
