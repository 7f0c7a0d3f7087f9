//! `piton migration approve`: says yes to what waits for a person.

use std::path::PathBuf;

use clap::Args;
use piton_loop::clock::local_stamp;
use piton_loop::planning::person;

use super::find::find;
use super::refusal::person_refusal;
use super::step::CARRY_OUT;
use super::{proposed, standing};
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::planning_site;

/// Approve a migration that waits for a person
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration approve SLUG\n  piton migration approve SLUG --dry-run"
)]
pub(crate) struct ApproveArgs {
    /// The migration: its slug, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ApproveArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let site = planning_site(&place)?;
    let prefix = place.settings.commit_prefix();
    let now = local_stamp(&context.clock);
    let proposal = person::approve(&context.disk, &place.repository, &site, &slug, prefix, now)
        .map_err(|error| person_refusal(error, &slug))?;
    let plan = proposed::plan(context, &place, "migration approve", proposal)?;
    let exit = standing::carry_out(context, &place, &slug, &args.plan, &plan)?;
    if exit == Exit::Done && !args.plan.changes_nothing() {
        context.out.hint(CARRY_OUT);
    }
    Ok(exit)
}
