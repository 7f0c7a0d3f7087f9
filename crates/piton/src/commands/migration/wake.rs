//! `piton migration wake`: work on a migration that was put off goes on now.

use std::path::PathBuf;

use clap::Args;
use piton_loop::clock::local_stamp;
use piton_loop::planning::person;

use super::find::find;
use super::refusal::person_refusal;
use super::{proposed, standing};
use crate::context::Context;
use crate::error::CommandResult;
use crate::planned::PlanArgs;
use crate::planning::planning_site;

/// Wake a migration that was put off
///
/// A phase that was not ready, or work that kept failing, is left alone for a
/// while. This forgets it, so that the next run tries again at once.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration wake SLUG\n  piton migration wake SLUG --dry-run"
)]
pub(crate) struct WakeArgs {
    /// The migration: its slug, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &WakeArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let site = planning_site(&place)?;
    let prefix = place.settings.commit_prefix();
    let now = local_stamp(&context.clock);
    let proposal = person::wake(&context.disk, &place.repository, &site, &slug, prefix, now)
        .map_err(|error| person_refusal(error, &slug))?;
    let plan = proposed::plan(context, &place, "migration wake", proposal)?;
    standing::carry_out(context, &place, &slug, &args.plan, &plan)
}
