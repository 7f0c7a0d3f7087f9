//! The options of every command that calls an agent.

use clap::Args;

use crate::config::Settings;
use crate::error::CommandError;

/// Options of every command that calls an agent.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Agent options")]
pub(crate) struct AgentArgs {
    /// The agent: claude, codex, gemini, opencode, command, script, or another
    #[arg(long, value_name = "AGENT", add = crate::completing::agents())]
    with: Option<String>,

    /// Program and arguments, with --with command
    #[arg(long, value_name = "COMMAND")]
    agent_command: Option<String>,

    /// The file of replies, with --with script
    #[arg(long, value_name = "FILE")]
    agent_script: Option<String>,

    /// The model the agent is asked to use
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,

    /// The effort of a call that asks for none: low, medium, high or xhigh
    #[arg(long, value_name = "TIER")]
    default_effort: Option<String>,

    /// The highest effort any call is given
    #[arg(long, value_name = "TIER")]
    max_allowed_effort: Option<String>,

    /// Whether agents run with limits: auto, require or off
    #[arg(long, value_name = "WHEN")]
    seal: Option<String>,

    /// How long the agent may be silent, such as 5m
    #[arg(long, value_name = "TIME")]
    idle_limit: Option<String>,

    /// How long one call may take altogether, such as 30m
    #[arg(long, value_name = "TIME")]
    deadline: Option<String>,
}

impl AgentArgs {
    /// Whether an agent is asked for by name.
    pub(crate) fn names_one(&self) -> bool {
        self.with.is_some()
    }

    /// Puts the flags over the settings.
    pub(crate) fn over(&self, settings: &mut Settings) -> Result<(), CommandError> {
        for (name, flag, value) in [
            ("agent.use", "--with", &self.with),
            ("agent.command", "--agent-command", &self.agent_command),
            ("agent.script", "--agent-script", &self.agent_script),
            ("agent.model", "--model", &self.model),
            ("effort.default", "--default-effort", &self.default_effort),
            (
                "effort.maximum",
                "--max-allowed-effort",
                &self.max_allowed_effort,
            ),
            ("seal", "--seal", &self.seal),
            ("agent.idle-limit", "--idle-limit", &self.idle_limit),
            ("agent.deadline", "--deadline", &self.deadline),
        ] {
            settings.flag(name, flag, value.as_deref())?;
        }
        Ok(())
    }
}
