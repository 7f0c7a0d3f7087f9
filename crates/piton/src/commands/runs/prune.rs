//! `piton runs prune`: records that are kept no longer.

use clap::Args;
use piton_loop::operation::{LoopOp, RemoveRun};
use piton_loop::runs::{self, RetentionPolicy};
use piton_plan::PlanBuilder;

use super::unreadable;
use crate::config::Settings;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::op::Op;
use crate::planned::PlanArgs;

/// Remove records that are kept no longer, the oldest first
///
/// How many are kept, and for how long, is set by runs.keep and runs.keep-for.
/// A record's age counts in whole days. A run that is under way is never
/// removed and does not count.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton runs prune --dry-run
  piton runs prune
  piton runs prune --keep 20 --keep-for 30d")]
pub(crate) struct PruneArgs {
    /// How many records to keep
    #[arg(long, value_name = "N")]
    keep: Option<String>,

    /// How long to keep them, such as 30d
    #[arg(long, value_name = "TIME")]
    keep_for: Option<String>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &PruneArgs) -> CommandResult {
    let mut place = context.place_to_write(&args.plan)?;
    let settings = &mut place.settings;
    settings.flag("runs.keep", "--keep", args.keep.as_deref())?;
    settings.flag("runs.keep-for", "--keep-for", args.keep_for.as_deref())?;
    let policy = policy(settings);
    let units = runs::units(&context.disk, &context.clock, &place.runs()).map_err(unreadable)?;
    let mut builder = PlanBuilder::new("runs prune");
    let mut removals = runs::removals(policy, &units);
    removals.sort_by(|a, b| a.id.cmp(&b.id));
    for removal in removals {
        builder.add(Op::from(LoopOp::RemoveRun(RemoveRun {
            id: removal.id,
            bytes: removal.bytes,
            why: removal.reason.to_owned(),
        })));
    }
    let plan = builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").because(error)
    })?;
    context.site(&place).carry_out(&args.plan, &plan)
}

fn policy(settings: &Settings) -> RetentionPolicy {
    const DAY: u64 = 24 * 60 * 60;
    RetentionPolicy {
        runs: settings.count("runs.keep"),
        days: settings
            .duration("runs.keep-for")
            .map(|time| time.as_secs().div_ceil(DAY)),
        ..RetentionPolicy::default()
    }
}
