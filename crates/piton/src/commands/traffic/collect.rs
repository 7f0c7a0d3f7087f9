//! `piton traffic collect`: one run of the collector.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use piton_durable::DiskRead as _;
use piton_traffic::collect::replay;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;

/// Collect the traffic of a repository into its gists
///
/// Replays a recording: the state and GitHub's answers of one run, or of
/// several after one another. What would be written is printed as JSON; nothing
/// is read from GitHub and nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic collect --replay run.json
  piton traffic collect --replay - < run.json
  piton traffic collect --replay run.json --compat     as the original would")]
pub(crate) struct CollectArgs {
    /// Compute from a recording (- for standard input) and print the result
    #[arg(long, value_name = "FILE", required = true)]
    replay: PathBuf,

    /// Follow the original's algorithm to the letter, its faults included
    #[arg(long, requires = "replay")]
    compat: bool,
}

pub(crate) fn run(context: &Context, args: &CollectArgs) -> CommandResult {
    replayed(context, &args.replay, args.compat)
}

fn replayed(context: &Context, file: &Path, compat: bool) -> CommandResult {
    let could_not = || CommandError::usage(format!("could not replay {}", file.display()));
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.map_err(|error| could_not().because(error))?;
        bytes
    } else {
        let path = context.directory.join(file);
        context
            .disk
            .read(&path)
            .map_err(|error| could_not().because(error))?
    };
    let replayed = replay(&bytes, compat).map_err(|error| {
        could_not()
            .because(error)
            .hint("a recording has `now`, `state` and `api`, or `initial_state` and `runs`")
    })?;
    context.out.data(&format!("{}\n", replayed.pretty()));
    Ok(Exit::Done)
}
