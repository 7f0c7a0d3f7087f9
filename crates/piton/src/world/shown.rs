//! What agents do, shown as it comes.

use piton_agent::watchdog::EndReason;
use piton_agent::{CallEvent, CallEvents};
use piton_base::Report;
use piton_loop::runs::{Event, Recorded};

use crate::output::{Channel, Level, Out};

impl Report<Recorded> for Out {
    fn report(&self, Recorded { run, event }: Recorded) {
        if let Event::CallStarted { scope, agent } = event {
            let (step, target) = (scope.phase_reached, scope.target);
            let text = format!("asking {agent} for {step} of {target} (run {run})");
            self.note(Channel::Agent, Level::NORMAL, &text);
        }
    }
}

/// Shows what an agent prints, where it is asked for.
#[derive(Debug)]
pub(crate) struct Shown<'a>(pub(crate) &'a Out);

impl CallEvents for Shown<'_> {
    fn event(&self, event: CallEvent<'_>) {
        match event {
            CallEvent::Started { arguments, .. } => {
                let line = piton_agent::words::join(arguments);
                self.0
                    .note(Channel::Agent, Level::DETAIL, &format!("runs {line}"));
            }
            CallEvent::Stdout(bytes) | CallEvent::Stderr(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                self.0.note(
                    Channel::Agent,
                    Level::PAYLOAD,
                    &piton_base::terminal::clean(&text),
                );
            }
            CallEvent::Ending(reason) => {
                let why = match reason {
                    EndReason::Idle => "it is silent for too long",
                    EndReason::Deadline => "its time is over",
                    EndReason::Hopeless => "it is not signed in and only tries again",
                    EndReason::AfterResult => "it stays on after its result",
                    EndReason::Stopped => "piton was told to stop",
                };
                self.0.note(
                    Channel::Agent,
                    Level::WARNING,
                    &format!("ending the agent: {why}"),
                );
            }
            CallEvent::Retrying(what) => self.0.note(
                Channel::Agent,
                Level::WARNING,
                &format!(
                    "the agent tries again: {}",
                    piton_base::terminal::clean(what)
                ),
            ),
            CallEvent::Progress { .. } => {}
            CallEvent::NoRoom => self
                .0
                .warn("the disk is full: what the agent prints is not kept any more"),
            CallEvent::Warning(text) => self.0.warn(text),
        }
    }
}
