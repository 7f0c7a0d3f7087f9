//! `piton migration reject`: says no, and why.

use std::path::PathBuf;

use clap::Args;
use piton_loop::clock::local_stamp;
use piton_loop::planning::person;

use super::find::find;
use super::refusal::person_refusal;
use super::{proposed, standing};
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::planning_site;

/// Reject a migration; it stays as a record and is never carried out
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration reject SLUG --reason \"not worth the risk now\""
)]
pub(crate) struct RejectArgs {
    /// The migration: its slug, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &RejectArgs) -> CommandResult {
    context.refuse_secret("--reason", &args.reason)?;
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let site = planning_site(&place)?;
    let prefix = place.settings.commit_prefix();
    let now = local_stamp(&context.clock);
    let proposal = person::reject(
        &context.disk,
        &place.repository,
        &site,
        &slug,
        &args.reason,
        prefix,
        now,
    )
    .map_err(|error| person_refusal(error, &slug))?;
    let plan = proposed::plan(context, &place, "migration reject", proposal)?;
    let exit = standing::carry_out(context, &place, &slug, &args.plan, &plan)?;
    if exit == Exit::Done && !args.plan.changes_nothing() {
        context.out.hint(&format!(
            "`piton migration reopen {slug} --message TEXT` takes it up again"
        ));
    }
    Ok(exit)
}
