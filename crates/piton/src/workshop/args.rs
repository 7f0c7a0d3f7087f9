//! How work is done and shown, as every command takes it that works as a run does.

use std::path::{Path, PathBuf};

use clap::Args;
use piton_durable::DiskRead;

use crate::agents::AgentArgs;
use crate::config::Settings;
use crate::context::{Context, Place};
use crate::error::CommandError;

/// How work is done and shown.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Work")]
pub(crate) struct WorkArgs {
    /// Show what would be done first, and why other work waits; call no agent
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// The command that says whether the repository is sound
    #[arg(long, value_name = "COMMAND")]
    validation_command: Option<String>,

    /// Text that replaces the instructions of a clean-up, used as it is
    #[arg(long, value_name = "FILE")]
    refactoring_prompt: Option<PathBuf>,

    /// Text that replaces the instructions of a second try, used as it is
    #[arg(long, value_name = "FILE")]
    fix_prompt: Option<PathBuf>,

    /// Show what agents print
    #[arg(long)]
    pub(crate) show_agent_logs: bool,

    /// Show what the validation command prints
    #[arg(long)]
    pub(crate) show_command_logs: bool,

    /// A command that gets one JSON document on its standard input when a
    /// person is needed, a run ends or a limit is reached
    #[arg(long, value_name = "COMMAND")]
    notify: Option<String>,

    /// How many seconds one call may take; the same as --deadline
    #[arg(long, value_name = "SECONDS", conflicts_with = "deadline")]
    timeout: Option<u64>,
}

impl WorkArgs {
    /// Finds the repository, with the flags over its settings.
    pub(crate) fn place(
        &self,
        context: &Context,
        agent: &AgentArgs,
    ) -> Result<Place, CommandError> {
        let mut place = context.place_to_run(self.dry_run)?;
        agent.over(&mut place.settings)?;
        self.over(&mut place.settings)?;
        Ok(place)
    }

    /// Puts the flags over the settings.
    pub(crate) fn over(&self, settings: &mut Settings) -> Result<(), CommandError> {
        let deadline = self.timeout.map(|seconds| format!("{seconds}s"));
        settings.flag(
            "validation-command",
            "--validation-command",
            self.validation_command.as_deref(),
        )?;
        settings.flag("notify", "--notify", self.notify.as_deref())?;
        settings.flag("agent.deadline", "--timeout", deadline.as_deref())
    }

    pub(crate) fn mission(&self, context: &Context) -> Result<Option<String>, CommandError> {
        let file = self.refactoring_prompt.as_ref();
        file.map(|file| read_text(context, file, "--refactoring-prompt"))
            .transpose()
    }

    pub(crate) fn amendment(&self, context: &Context) -> Result<Option<String>, CommandError> {
        let file = self.fix_prompt.as_ref();
        file.map(|file| read_text(context, file, "--fix-prompt"))
            .transpose()
    }
}

/// Reads a file that a flag names.
pub(crate) fn read_text(
    context: &Context,
    file: &Path,
    flag: &str,
) -> Result<String, CommandError> {
    const LIMIT: u64 = 16 << 20;
    let path = context.directory.join(file);
    let failed = |why: String| {
        CommandError::usage(format!("could not read {flag} {}", file.display())).with_source(why)
    };
    let bytes = context
        .disk
        .read_at_most(&path, LIMIT)
        .map_err(|error| failed(error.cause().to_string()))?;
    String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8 text".to_owned()))
}
