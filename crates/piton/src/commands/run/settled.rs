//! What the journal of a tick is told of its end.

use piton_loop::deciding::memory::Outcome;
use piton_loop::work::{End, Worked};

use super::finisher::Acted;
use super::tick::{Came, Tick};
use crate::error::CommandError;

/// Says why work came to no commit.
pub(super) fn came(worked: &Worked) -> Came<'_> {
    match worked {
        Worked::Accepted(_) => Came::ToNothing("it was accepted"),
        Worked::NotCommitted => Came::ToNothing("it is published where git does not look"),
        Worked::Unchanged { reason } | Worked::PutOff { reason, .. } => Came::ToNothing(reason),
        Worked::Failed { failure, .. } => {
            Came::Failed(failure.story.lines().next().unwrap_or_default())
        }
        Worked::Ended(end) => Came::Failed(match end {
            End::OutOfQuota { message, .. } | End::Unavailable { message, .. } => message,
            End::CutShort(_) => "the run had nothing left to spend on it",
            End::HeldBack(_) => "a merge or the like was begun meanwhile",
            End::Stopped => "it was interrupted",
        }),
    }
}

/// Writes down what became of a landing.
pub(super) fn settle(tick: &Tick<'_>, acted: &Acted) -> Result<(), CommandError> {
    tick.landed(match acted {
        Acted::Did(_, Outcome::Landed) => Ok("landed"),
        Acted::Did(_, Outcome::Waits { reason, .. } | Outcome::Failed { reason, .. }) => {
            Err(reason)
        }
        Acted::Again => Err("the same places were changed meanwhile; it is tried once more"),
        Acted::Did(_, Outcome::Unchanged | Outcome::PutOff { .. } | Outcome::OutOfQuota { .. })
        | Acted::NoAgent { .. }
        | Acted::CutShort(_)
        | Acted::HeldBack
        | Acted::Stopped => Err("it was not begun"),
    })
}
