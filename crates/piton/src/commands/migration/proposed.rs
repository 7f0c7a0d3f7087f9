//! A proposal without an agent, as a plan of one publish.

use piton_migration::candidate::Proposal;
use piton_migration::contents::Contents;
use piton_migration::operation::{MigrationOp, Publish};
use piton_plan::{Plan, PlanBuilder};

use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};
use crate::op::Op;
use crate::planning;

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
        .map_err(|error| {
            CommandError::failed(format!("could not read {}", live.display())).with_source(error)
        })?
        .unwrap_or_default();
    let destination = crate::planning::below_top(place.top(), &live);
    let mut builder = PlanBuilder::new(format!("{command} {}", proposal.slug));
    planning::warn_of_no_branch(&on, &mut builder);
    let publish = Publish::changing(&before, destination, proposal, on);
    builder.add(Op::from(MigrationOp::Publish(publish)));
    builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").with_source(error)
    })
}
