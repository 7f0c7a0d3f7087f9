//! What happened beside the work, told to whoever follows the run.

use super::found::Note;
use crate::runs::{Event, RecordError, RunRecord};

/// Tells what happened beside the work, if anything did.
pub(crate) fn tell_what_else_happened(
    notes: &[Note],
    in_slot: &[&str],
    run: &RunRecord<'_>,
) -> Result<(), RecordError> {
    if !notes.is_empty() {
        run.event(Event::Warned {
            text: format!(
                "while the agent worked, {}; if that was not you, check it",
                listed(notes)
            ),
        })?;
    }
    if !in_slot.is_empty() {
        run.event(Event::Warned {
            text: format!(
                "the agent changed git's own files in its slot ({}); that stays there and is \
                 ignored",
                in_slot.join(", ")
            ),
        })?;
    }
    Ok(())
}

/// Returns notes as one text.
pub fn listed(notes: &[Note]) -> String {
    let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
    notes.join(", ")
}
