//! What happened beside the work, told to whoever follows the run.

use crate::runs::{Event, RecordError, RunRecord};

/// Tells what happened beside the work, if anything did.
pub(crate) fn tell_what_else_happened(
    notes: &[String],
    in_slot: &[&str],
    run: &RunRecord<'_>,
) -> Result<(), RecordError> {
    if !notes.is_empty() {
        run.event(Event::Warned {
            text: format!(
                "while the agent worked, {}; if that was not you, look at it",
                notes.join(", ")
            ),
        })?;
    }
    if !in_slot.is_empty() {
        run.event(Event::Warned {
            text: format!(
                "the agent changed git in its slot ({}); that stays there and counts for nothing",
                in_slot.join(", ")
            ),
        })?;
    }
    Ok(())
}
