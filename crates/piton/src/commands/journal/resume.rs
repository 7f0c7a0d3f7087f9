//! `piton journal resume`: carries on with a plan that was cut off.

use std::path::Path;

use clap::Args;
use piton_git::GitRead as _;
use piton_loop::operation::LoopOp;
use piton_plan::journal::{self, Journal, JournalError};
use piton_plan::{FailureKind, Given, Moment, Observation, Observe, Plan};

use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult};
use crate::operation::Op;
use crate::planned::{PerformArgs, Site, journal_error, site, was_declined};
use crate::planning::refuse_under_way;

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
    if let Some(place) = waits_for_user(context, &plan)? {
        refuse_under_way(
            &place,
            &format!("carry on with `piton {}`", journal.command()),
        )?;
    }
    site::of_plan(context, &plan)?.resume(&args.perform, &journal)
}

/// Returns the place where a merge or the like is in the way of a plan.
fn waits_for_user(context: &Context, plan: &Plan<Op>) -> Result<Option<Place>, CommandError> {
    let mut operations = plan.actions().iter().map(piton_plan::Action::operation);
    if !operations.any(Op::changes_what_is_tracked) {
        return Ok(None);
    }
    match context.place_if_any()? {
        Some(place) if place.repository.under_way()?.is_some() => Ok(Some(place)),
        Some(_) | None => Ok(None),
    }
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
        let Ok(plan) = journal.plan::<Op>() else {
            continue;
        };
        // In the middle of a merge nothing stands, and it is told why.
        if waits_for_user(context, &plan)?.is_some() || stands(site, &journal, &plan) {
            return Ok(journal);
        }
    }
    Err(journal_error(JournalError::NothingToResume))
}

/// Whether every call that is still to be made is about what is live, or may be:
/// carrying it on says why nobody can tell.
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
            match seen {
                Ok(seen) => matches!(seen, Observation::Pending { .. }),
                Err(failure) => failure.kind == FailureKind::Io,
            }
        })
}
