//! What source actions work on, as both ways of running take it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use piton_loop::targets::select::Selectors;
use piton_loop::targets::{Selection, line};

use crate::config::{Kind, Parsed};
use crate::context::Context;
use crate::error::CommandError;
use crate::terminal::worded;
use crate::workshop::read_text;

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
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    scope_instruction: Option<String>,

    /// The seed of random choices; default: the commit that is checked out
    #[arg(long, value_name = "TEXT")]
    seed: Option<String>,
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
