//! The record of a session on the user's terminal.

use std::time::Duration;

use jiff::Timestamp;

use super::agent::ProgramAgent;
use crate::agent::{Agent, AgentError, CallFiles, CallRecord, Probe};
use crate::call::AgentCall;
use crate::interactive::{SessionEnd, SessionError};
use crate::outcome::{Outcome, Reply};
use crate::process::ExitKind;
use crate::watchdog::EndReason;

/// A session that is over.
#[derive(Debug)]
pub struct HeldSession<'a> {
    pub call: &'a AgentCall,
    pub began: Timestamp,
    pub lasted: Duration,
    pub end: &'a Result<SessionEnd, SessionError>,
    pub warnings: Vec<String>,
}

impl ProgramAgent {
    /// Leaves the record of a session, with its prompt, where that of a call
    /// would be. What was said went over the terminal alone: no model, no tokens
    /// and no answer are known.
    pub fn keep_session(
        &self,
        held: HeldSession<'_>,
        files: &CallFiles,
    ) -> Result<CallRecord, AgentError> {
        let HeldSession {
            call,
            began,
            lasted,
            end,
            warnings,
        } = held;
        let arguments = self.interactive_command(call, files).unwrap_or_default();
        let (result, exit, ended_by) = came_to(end);
        let record = CallRecord {
            version: match self.probe() {
                Probe::Ready { version, .. } => version,
                Probe::Missing { .. } => None,
            },
            duration_ms: u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
            result,
            exit,
            ended_by,
            warnings,
            ..self.record(call, &arguments, began)
        };
        self.write(&files.prompt(), &self.redactor.text(&call.prompt))?;
        record.keep(&*self.disk, files)
    }
}

fn came_to(end: &Result<SessionEnd, SessionError>) -> (Outcome, ExitKind, Option<EndReason>) {
    let replied = Outcome::Replied {
        reply: Reply::default(),
    };
    let crashed = |exit: ExitKind, message: String| Outcome::Crashed { exit, message };
    match end {
        Ok(SessionEnd::Ended(exit @ ExitKind::Code(0))) => (replied, *exit, None),
        Ok(SessionEnd::Ended(exit)) => {
            let message = format!("the session ended with {exit}");
            (crashed(*exit, message), *exit, None)
        }
        Ok(SessionEnd::Settled(exit)) => (replied, *exit, Some(EndReason::AfterResult)),
        Ok(SessionEnd::Stopped(exit)) => (Outcome::Stopped, *exit, Some(EndReason::Stopped)),
        Err(error @ SessionError::Unfinished { exit, .. }) => (
            Outcome::NoOutput {
                message: error.to_string(),
            },
            *exit,
            None,
        ),
        Err(error @ SessionError::Start { .. }) => (
            Outcome::NotStarted {
                message: piton_base::on_one_line(error),
            },
            ExitKind::Unknown,
            None,
        ),
        Err(error @ (SessionError::Watch { .. } | SessionError::Disk(_))) => (
            crashed(ExitKind::Unknown, piton_base::on_one_line(error)),
            ExitKind::Unknown,
            None,
        ),
    }
}
