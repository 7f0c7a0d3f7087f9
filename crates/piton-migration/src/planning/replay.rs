//! Deriving the position again from the history.

use thiserror::Error;

use super::graph::{GraphError, Position};
use super::step::{Outcome, Step};

/// Why a history is not one that planning can have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReplayError {
    #[error(
        "revision anchor {anchor} is out of place; anchors rise strictly from 1 to the number of completed steps, here {steps}"
    )]
    Anchor { anchor: usize, steps: usize },
    #[error("completed step {} does not follow from those before it", .index + 1)]
    Step {
        index: usize,
        #[source]
        source: GraphError,
    },
    #[error("planning cannot have been reopened after {after} steps")]
    Reopen {
        after: usize,
        #[source]
        source: GraphError,
    },
}

/// Replays a history: steps with their outcomes and output references, and
/// the counts of steps after which planning was reopened.
pub fn replay<'a>(
    steps: impl ExactSizeIterator<Item = (Step, Outcome, &'a str)>,
    anchors: &[usize],
) -> Result<Position, ReplayError> {
    let count = steps.len();
    check_anchors(anchors, count)?;
    let mut anchors = anchors.iter().copied().peekable();
    let mut position = Position::start();
    for (index, (step, outcome, stdout)) in steps.enumerate() {
        if anchors.next_if_eq(&index).is_some() {
            position = reopen(position, index)?;
        }
        position = position
            .advance(step, outcome, stdout)
            .map_err(|source| ReplayError::Step { index, source })?;
    }
    if anchors.next_if_eq(&count).is_some() {
        position = reopen(position, count)?;
    }
    Ok(position)
}

fn reopen(position: Position, after: usize) -> Result<Position, ReplayError> {
    position
        .reopen()
        .map_err(|source| ReplayError::Reopen { after, source })
}

fn check_anchors(anchors: &[usize], steps: usize) -> Result<(), ReplayError> {
    let mut before = 0;
    for &anchor in anchors {
        if anchor <= before || anchor > steps {
            return Err(ReplayError::Anchor { anchor, steps });
        }
        before = anchor;
    }
    Ok(())
}
