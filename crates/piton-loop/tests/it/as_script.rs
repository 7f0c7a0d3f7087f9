//! Agents that play a script and do something of their own around each call.

use std::fmt;

use piton_agent::{
    Agent, AgentCall, AgentError, CallEvents, CallFiles, CallRecord, Probe, ScriptAgent,
};
use piton_base::Stop;

pub(crate) struct Around<F> {
    script: ScriptAgent,
    call: F,
    by_schema: bool,
}

pub(crate) type Played = Result<CallRecord, AgentError>;

impl<F> fmt::Debug for Around<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Around").field(&self.script).finish()
    }
}

impl<F> Agent for Around<F>
where
    F: Fn(&AgentCall, &dyn CallEvents, &dyn Fn() -> Played) -> Played + Send + Sync,
{
    fn name(&self) -> &str {
        self.script.name()
    }

    fn probe(&self) -> Probe {
        self.script.probe()
    }

    fn answers_by_schema(&self) -> bool {
        self.by_schema
    }

    fn command_line(&self, call: &AgentCall, files: &CallFiles) -> Vec<String> {
        self.script.command_line(call, files)
    }

    fn call(
        &self,
        call: &AgentCall,
        files: &CallFiles,
        stop: &Stop,
        events: &dyn CallEvents,
    ) -> Played {
        let play = || self.script.call(call, files, stop, events);
        (self.call)(call, events, &play)
    }
}

/// `call` gets each call, whom to tell of it, and what plays the script.
pub(crate) fn around<F>(script: ScriptAgent, call: F) -> Around<F>
where
    F: Fn(&AgentCall, &dyn CallEvents, &dyn Fn() -> Played) -> Played + Send + Sync,
{
    Around {
        script,
        call,
        by_schema: false,
    }
}

impl<F> Around<F> {
    /// Returns one that can be held to a schema.
    pub(crate) fn by_schema(self) -> Self {
        Self {
            by_schema: true,
            ..self
        }
    }
}
