//! `piton run-once`: one action.

use std::num::NonZeroUsize;

use clap::Args;
use piton_loop::deciding::limits::Limits;

use super::args::SourceArgs;
use super::course::Course;
use super::drive::drive;
use crate::agents::AgentArgs;
use crate::context::Context;
use crate::error::CommandResult;
use crate::workshop::{Way, WorkArgs};

/// Do the one next thing: a planning step, a phase, or a clean-up
///
/// There is one try. What changed is shown at the end.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton run-once --scope-instruction \"the parser\"
  piton run-once --paths src/parse.rs --with claude
  piton run-once --paths src/parse.rs --dry-run")]
pub(crate) struct RunOnceArgs {
    #[command(flatten)]
    source: SourceArgs,

    #[command(flatten)]
    work: WorkArgs,

    #[command(flatten)]
    agent: AgentArgs,
}

pub(crate) fn run(context: &Context, args: &RunOnceArgs) -> CommandResult {
    let place = args.work.place(context, &args.agent)?;
    let source = args.source.read(context)?;
    drive(
        context,
        &place,
        &args.work,
        &Course {
            way: Way::Once,
            source,
            focus: false,
            limits: Limits {
                actions: Some(1),
                failures_in_a_row: Some(1),
                on_quota: place.settings.run_limit(),
                ..Limits::default()
            },
            tries: 1,
            rest: None,
            jobs: NonZeroUsize::MIN,
        },
    )
}
