//! A proposal without an agent, as a plan of one publish.

use piton_migration::candidate::Proposal;
use piton_migration::contents::Contents;
use piton_migration::operation::{MigrationOp, Publish};
use piton_plan::{Plan, PlanBuilder};

use super::standing;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::planning;

/// Shows, saves or performs what a proposal changes.
pub(crate) fn carry_out(
    context: &Context,
    place: &Place,
    args: &PlanArgs,
    command: &str,
    proposal: Proposal,
) -> CommandResult {
    let slug = proposal.slug.clone();
    let plan = plan(context, place, command, proposal)?;
    standing::carry_out(context, place, &slug, args, &plan)
}

/// Turns a proposal into a plan that holds what it changes, and no more.
pub(crate) fn plan(
    context: &Context,
    place: &Place,
    command: &str,
    proposal: Proposal,
) -> Result<Plan<Op>, CommandError> {
    let on = planning::tip(place, &proposal.slug)?;
    let live = place.live().migration(&proposal.slug);
    let before = Contents::read(&context.disk, &live)
        .or_failed(format!("could not read {}", live.display()))?
        .unwrap_or_default();
    let destination = planning::below_top(place.top(), &live);
    let mut builder = PlanBuilder::new(format!("{command} {}", proposal.slug));
    planning::warn_of_no_branch(&on, &mut builder);
    let publish = Publish::changing(&before, destination, proposal, on);
    builder.add(Op::from(MigrationOp::Publish(publish)));
    Ok(builder.build()?)
}
