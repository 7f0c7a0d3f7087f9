//! `piton demo`: the main job on a small project, without an agent or a network.

mod carrying;
mod guide;
mod piton;
mod project;
mod steps;

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::error::CommandResult;

/// Plan and carry out a small migration, and see what a fall costs
///
/// Makes a small Rust project in a scratch repository, where a scripted agent
/// plans a migration, step by step, and carries it out. A step and a phase are
/// killed in the middle on purpose; the next command carries on. Needs cargo
/// and git, no network and no account. Your own files are not touched, and what
/// the demo made is removed at the end, unless it is to be kept.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton demo
  piton demo --keep              leave the project where it was made
  piton demo --keep ~/tally      make it in a directory of your choice
  piton demo --fast              without the pauses")]
pub(crate) struct DemoArgs {
    /// Keep the project; made in DIR, which must be empty or not there
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    keep: Option<Vec<PathBuf>>,

    /// Leave out the pauses for thinking
    #[arg(long)]
    fast: bool,
}

pub(crate) fn run(context: &Context, args: &DemoArgs) -> CommandResult {
    let place = args.keep.iter().flatten().next().map(PathBuf::as_path);
    let project = project::place(context, place)?;
    let keep = args.keep.is_some();
    let demo = piton::Demo {
        context,
        guide: guide::Guide::new(context.out),
        project: &project,
    };
    let done = project::make(context, &project, args.fast).and_then(|()| demo.walk(keep));
    if done.is_err() && !keep {
        // What failed stands in the error; what it made has no other use.
        project.remove(context)?;
    }
    done
}
