//! Flags that both ways of running take.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use piton_durable::DiskRead;
use piton_loop::targets::select::Selectors;
use piton_loop::targets::{Selection, line};

use crate::agents::AgentArgs;
use crate::config::{Kind, Parsed, Settings};
use crate::context::{Context, Place};
use crate::error::CommandError;

/// What source actions work on. Of several selectors the first in this order
/// counts.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Targets")]
pub(crate) struct SourceArgs {
    /// A file of targets, one JSON object a line; each is worked on once
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,

    /// Patterns for tracked files, with colons between
    #[arg(long, value_name = "GLOBS")]
    globs: Option<String>,

    /// Extensions of tracked files, with commas between
    #[arg(long, value_name = "LIST")]
    extensions: Option<String>,

    /// Paths that are one target together, with colons between
    #[arg(long, value_name = "PATHS")]
    paths: Option<String>,

    /// What the work is about, in your words
    #[arg(long, value_name = "TEXT")]
    scope_instruction: Option<String>,

    /// The seed of random choices; default: the commit that is checked out
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
}

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
    pub(super) show_agent_logs: bool,

    /// Show what the validation command prints
    #[arg(long)]
    pub(super) show_command_logs: bool,

    /// A command that gets one JSON document on its standard input when a
    /// person is needed, a run ends or a limit is reached
    #[arg(long, value_name = "COMMAND")]
    notify: Option<String>,

    /// How many seconds one call may take; the same as --deadline
    #[arg(long, value_name = "SECONDS", conflicts_with = "deadline")]
    timeout: Option<u64>,
}

/// What was asked for, read.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Without one, no source action is wanted.
    pub(super) selection: Option<Selection>,
    pub(super) scope: Option<String>,
    pub(super) seed: Option<String>,
}

impl Wanted {
    /// Returns how many targets there are, where the user listed them.
    pub(super) fn count(&self) -> Option<u32> {
        match &self.selection {
            Some(Selection::Targets(targets)) => {
                Some(u32::try_from(targets.len()).unwrap_or(u32::MAX))
            }
            Some(
                Selection::Globs(_)
                | Selection::Extensions(_)
                | Selection::Paths(_)
                | Selection::Random,
            )
            | None => None,
        }
    }
}

impl SourceArgs {
    /// Returns what a run without source actions is given.
    pub(super) fn none(&self) -> Wanted {
        Wanted {
            selection: None,
            scope: self.scope_instruction.clone(),
            seed: self.seed.clone(),
        }
    }

    /// Reads the selectors. Lines of a file that name no target are told of.
    pub(crate) fn read(&self, context: &Context) -> Result<Wanted, CommandError> {
        let targets = self
            .targets
            .as_ref()
            .map(|file| {
                let text = read_text(context, file, "--targets")?;
                let read = line::read_file(&text);
                for (number, error) in &read.passed_over {
                    context.out.warn(&format!(
                        "{}:{number}: {error}; the line is skipped",
                        file.display()
                    ));
                }
                Ok::<_, CommandError>(read.targets)
            })
            .transpose()?;
        let selectors = Selectors {
            targets,
            globs: self.globs.clone(),
            extensions: self.extensions.clone(),
            paths: self.paths.clone(),
        };
        let selection = selectors.selection();
        if selection == Selection::Random && self.scope_instruction.is_none() {
            return Err(CommandError::usage("no targets were given").hint(
                "give --targets, --globs, --extensions or --paths, or say with --scope-instruction what random files are looked at for",
            ));
        }
        Ok(Wanted {
            selection: Some(selection),
            ..self.none()
        })
    }
}

impl WorkArgs {
    /// Finds the repository, with the flags over its settings.
    pub(super) fn place(
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

    pub(super) fn mission(&self, context: &Context) -> Result<Option<String>, CommandError> {
        let file = self.refactoring_prompt.as_ref();
        file.map(|file| read_text(context, file, "--refactoring-prompt"))
            .transpose()
    }

    pub(super) fn amendment(&self, context: &Context) -> Result<Option<String>, CommandError> {
        let file = self.fix_prompt.as_ref();
        file.map(|file| read_text(context, file, "--fix-prompt"))
            .transpose()
    }
}

/// Reads a time as settings write it, in seconds.
pub(super) fn time(written: &str) -> Result<u64, CommandError> {
    let wrong = |why: String| CommandError::usage(format!("--max-duration {why}"));
    let value = Kind::Duration.parse(written).map_err(wrong)?;
    let Parsed::Duration(time) = value.parsed else {
        return Err(wrong("is not a time".to_owned()));
    };
    Ok(time.as_secs())
}

/// Reads a number of seconds, fractions included.
pub(super) fn seconds(written: f64) -> Result<Duration, CommandError> {
    Duration::try_from_secs_f64(written).map_err(|_| {
        CommandError::usage(format!("--sleep {written} is not a number of seconds"))
            .hint("give a number that is not negative, such as 2.5")
    })
}

fn read_text(
    context: &Context,
    file: &std::path::Path,
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
