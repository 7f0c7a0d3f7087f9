//! `piton runs prune`: records, journals and slots that are kept no longer.

use clap::Args;
use piton_loop::operation::{LoopOp, Remove};
use piton_plan::PlanBuilder;

use crate::context::Context;
use crate::error::CommandResult;
use crate::operation::Op;
use crate::planned::{PRUNING, PlanArgs};
use crate::records::retention::{journals, policy, records, slots};

/// Remove old records, journals and slots, the oldest first
///
/// How many of each are kept, and for how long, is set by runs.keep and
/// runs.keep-for. Ages count in whole days. What is under way is never removed
/// and does not count, nor is a run whose work has not landed; a plan that can
/// still be resumed is removed by age alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton runs prune --dry-run
  piton runs prune
  piton runs prune --keep 20 --keep-for 30d")]
pub(crate) struct PruneArgs {
    /// How many records, how many journals and how many slots to keep
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
    let mut builder = PlanBuilder::new(PRUNING);
    let mut removals = records(context, &place, policy)?;
    removals.sort_by(|a, b| a.id.cmp(&b.id));
    for it in removals {
        let remove = remove(it.id, it.bytes, it.reason);
        builder.add(Op::from(LoopOp::RemoveRun(remove)));
    }
    for it in journals(context, &place, policy)? {
        let remove = remove(it.id, it.bytes, it.reason);
        builder.add(Op::from(LoopOp::RemoveJournal(remove)));
    }
    for it in slots(context, &place, policy)? {
        let remove = remove(it.id.1, it.bytes, it.reason);
        builder.add(Op::from(LoopOp::RemoveSlots(remove)));
    }
    let plan = builder.build()?;
    context.site(&place).carry_out(&args.plan, &plan)
}

fn remove<I>(id: I, bytes: u64, reason: &str) -> Remove<I> {
    Remove {
        id,
        bytes,
        why: reason.to_owned(),
    }
}
