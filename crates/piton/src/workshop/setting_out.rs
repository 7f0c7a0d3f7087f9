//! What comes before any work: what was cut off is finished, what waited is
//! sent; git knows who commits, and the agent is there.

use piton_durable::LockGuard;

use super::args::WorkArgs;
use super::floor::Floor;
use super::opening::alone;
use crate::agents;
use crate::error::CommandError;

/// Sets out. Nobody else runs here as long as the guard is held.
pub(crate) fn set_out(floor: &Floor<'_>, work: &WorkArgs) -> Result<LockGuard, CommandError> {
    let (context, place) = (floor.context, floor.place);
    // What nobody could commit is not paid for.
    place.repository.identity()?;
    place.refuse_unwritable()?;
    agents::tell_terms(&floor.chosen, context, &floor.slots.terms);
    let alone = alone(context, place)?;
    context.recover(place, false)?;
    // Reports to stored plans that could not be sent when they were made.
    crate::stored::send_waiting(context);
    if let Some(warning) = agents::ready(&*floor.agent)? {
        context.out.warn(&warning);
    }
    context
        .events
        .show_output(work.show_agent_logs, work.show_command_logs);
    Ok(alone)
}
