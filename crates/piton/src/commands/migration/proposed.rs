//! A proposal without an agent, as a plan of one publish.

use piton_loop::planning::candidate::Proposal;
use piton_loop::planning::contents::Contents;
use piton_plan::files::Content;
use piton_plan::{Plan, PlanBuilder};

use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};
use crate::op::{Edit, Edits, Next, Op, Publish};
use crate::planning;

/// Turns a proposal into a plan that holds what it changes, and no more.
pub(super) fn plan(
    context: &Context,
    place: &Place,
    command: &str,
    proposal: Proposal,
) -> Result<Plan<Op>, CommandError> {
    let on = planning::tip(place, &proposal.slug)?;
    let live = place.live().migration(&proposal.slug);
    let before = Contents::read(&context.disk, &live)
        .map_err(|error| {
            CommandError::failed(format!("could not read {}", live.display())).because(error)
        })?
        .unwrap_or_default();
    let files = proposal
        .contents
        .changes(&before)
        .into_iter()
        .map(|path| Edit {
            path: path.to_owned(),
            content: proposal
                .contents
                .get(path)
                .map(|bytes| Content::of(bytes.to_vec())),
        })
        .collect();
    let subject = proposal
        .message
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let destination = crate::planning::below_top(place.top(), &live);
    let mut builder = PlanBuilder::new(format!("{command} {}", proposal.slug));
    builder.add(Op::Publish(Publish {
        slug: proposal.slug,
        destination,
        base: proposal.base,
        operation: proposal.operation,
        subject,
        next: Next::Edits(Edits {
            mode: proposal.mode,
            message: proposal.message,
            files,
        }),
        on: Some(on),
    }));
    builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").because(error)
    })
}
