//! `piton migration reopen`: takes a rejected migration up again.

use std::path::PathBuf;

use clap::Args;
use piton_loop::clock::local_stamp;
use piton_loop::planning::person;
use piton_migration::planning::FeedbackSource;

use super::find::find;
use super::refusal::person_refusal;
use super::{proposed, standing};
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::planning_site;

/// Take a rejected migration up again, with feedback
///
/// What was accepted before the rejection is refined: the feedback is recorded,
/// and the next planning step takes it up.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration reopen SLUG --message \"smaller: the parser alone\""
)]
pub(crate) struct ReopenArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    /// What shall be different this time
    #[arg(long, value_name = "TEXT")]
    message: String,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ReopenArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let site = planning_site(&place)?;
    let prefix = place.settings.commit_prefix();
    let proposal = person::reopen(
        &context.disk,
        &place.repository,
        &site,
        &slug,
        (FeedbackSource::Message, &args.message),
        prefix,
        local_stamp(&context.clock),
    )
    .map_err(|error| person_refusal(error, &slug))?;
    let plan = proposed::plan(context, &place, "migration reopen", proposal)?;
    let exit = standing::carry_out(context, &place, &slug, &args.plan, &plan)?;
    if exit == Exit::Done && !args.plan.changes_nothing() {
        context
            .out
            .hint(&format!("`piton migration step {slug}` takes it up"));
    }
    Ok(exit)
}
