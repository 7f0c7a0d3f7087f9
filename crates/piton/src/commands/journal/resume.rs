//! `piton journal resume`: carries on with a plan that was cut off.

use std::path::Path;

use clap::Args;
use piton_loop::operation::LoopOp;
use piton_plan::journal::{self, Journal, JournalError};
use piton_plan::{Given, Moment, Observation, Observe, Plan};

use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::op::Op;
use crate::planned::{PerformArgs, Site, journal_error, was_declined};
use crate::site;

/// Carry on with a plan that was cut off or left something undone
///
/// It is shown first, and asked about at a terminal. What is already so is not
/// done twice; outputs are read back from the journal; the rest is done.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton journal resume              the latest that was cut off
  piton journal resume 0193a1b2")]
pub(crate) struct ResumeArgs {
    /// The journal: its id, or the beginning of it
    #[arg(add = crate::completing::journals())]
    id: Option<String>,

    #[command(flatten)]
    perform: PerformArgs,
}

pub(crate) fn run(context: &Context, args: &ResumeArgs) -> CommandResult {
    let wanted = wanted(context, args.id.as_deref()).map(|journal| journal.id());
    // A set-up that was cut off before says where things are.
    context.recover_if_any(false, wanted.ok())?;
    let journal = self::wanted(context, args.id.as_deref())?;
    let plan: Plan<Op> = journal.plan().map_err(journal_error)?;
    site::of_plan(context, &plan)?.resume(&args.perform, &journal)
}

/// Returns the journal that is to be carried on.
fn wanted(context: &Context, named: Option<&str>) -> Result<Journal, CommandError> {
    let site = site::anywhere(context)?;
    let dir = site::journals(context)?;
    let Some(id) = named else {
        return latest(context, &site, &dir);
    };
    let id = journal::pick(&context.disk, &dir, Some(id)).map_err(journal_error)?;
    let journal = journal::load(&context.disk, &dir, id).map_err(journal_error)?;
    if was_declined(&journal) {
        return Err(
            CommandError::usage("this plan was cancelled before anything of it was done")
                .hint(format!("run it again: `piton {}`", journal.command())),
        );
    }
    Ok(journal)
}

/// Returns the latest journal that can be carried on. A planning step whose
/// migration has moved on since is not: its own command made it again.
fn latest(context: &Context, site: &Site<'_>, dir: &Path) -> Result<Journal, CommandError> {
    let listed = journal::list(&context.disk, dir).map_err(journal_error)?;
    for one in listed.into_iter().rev() {
        let open = matches!(&one.journal, Ok(begun) if begun.status.is_open());
        if !open {
            continue;
        }
        let journal = journal::load(&context.disk, dir, one.id).map_err(journal_error)?;
        if was_declined(&journal) {
            continue;
        }
        if journal
            .plan::<Op>()
            .is_ok_and(|plan| stands(site, &journal, &plan))
        {
            return Ok(journal);
        }
    }
    Err(journal_error(JournalError::NothingToResume))
}

/// Whether every call that is still to be made is about what is live.
fn stands(site: &Site<'_>, journal: &Journal, plan: &Plan<Op>) -> bool {
    let receipts = journal.receipts();
    plan.actions()
        .iter()
        .filter(|action| matches!(action.operation(), Op::Loop(LoopOp::Call(_))))
        .filter(|call| {
            !receipts
                .iter()
                .any(|r| r.action == *call.id() && r.outcome.is_good())
        })
        .all(|call| {
            let given = Given::nothing(journal.id(), call.id());
            let seen = (site.reading).observe(call.operation(), &given, Moment::Before);
            matches!(seen, Ok(Observation::Pending { .. }))
        })
}
