//! Agents that play a script and do something of their own around each call.

use std::fmt;

use piton_agent::{
    Agent, AgentCall, AgentError, CallEvents, CallFiles, CallRecord, Probe, ScriptAgent,
};
use piton_base::Stop;

pub(crate) struct Around<F>(ScriptAgent, F);

pub(crate) type Played = Result<CallRecord, AgentError>;

impl<F> fmt::Debug for Around<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Around").field(&self.0).finish()
    }
}

impl<F> Agent for Around<F>
where
    F: Fn(&AgentCall, &dyn CallEvents, &dyn Fn() -> Played) -> Played + Send + Sync,
{
    fn name(&self) -> &str {
        self.0.name()
    }

    fn probe(&self) -> Probe {
        self.0.probe()
    }

    fn command_line(&self, call: &AgentCall, files: &CallFiles) -> Vec<String> {
        self.0.command_line(call, files)
    }

    fn call(
        &self,
        call: &AgentCall,
        files: &CallFiles,
        stop: &Stop,
        events: &dyn CallEvents,
    ) -> Played {
        let play = || self.0.call(call, files, stop, events);
        (self.1)(call, events, &play)
    }
}

/// `call` gets each call, whom to tell of it, and what plays the script.
pub(crate) fn around<F>(script: ScriptAgent, call: F) -> Around<F>
where
    F: Fn(&AgentCall, &dyn CallEvents, &dyn Fn() -> Played) -> Played + Send + Sync,
{
    Around(script, call)
}
