//! Recording what a person decided.

use super::find::About;
use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::migrations::{Decision, person_refusal, proposed};

/// Records a decision about the migration that is named.
pub(super) fn record(context: &Context, about: &About, decision: Decision<'_>) -> CommandResult {
    let (place, slug) = about.find(context)?;
    let site = place.planning_site()?;
    let proposal = decision
        .propose(context, &place, &site, &slug)
        .map_err(|error| person_refusal(error, &slug))?;
    let command = decision.command();
    let exit = proposed::carry_out(context, &place, &about.plan, command, proposal)?;
    if exit == Exit::Done
        && !about.plan.changes_nothing()
        && let Some(next) = decision.next(&slug)
    {
        context.out.hint(&next);
    }
    Ok(exit)
}
