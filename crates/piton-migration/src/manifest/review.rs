//! What may happen to a migration that waits for a person.

use super::change;
use super::refusal::TransitionError;
use super::state::{AwaitingReview, MigrationState, Planning, Skipped};
use crate::stamp::Stamp;

impl AwaitingReview {
    /// Records that a person has looked: the flag goes, and the migration may
    /// go on at once.
    pub fn reviewed(mut self, now: Stamp) -> MigrationState {
        change::wake(&mut self.0, now);
        change::ask_nobody(&mut self.0);
        MigrationState::from(self.0)
    }

    /// Rejects the plan, at a person's word. Phases and cursor stay for the
    /// record.
    #[must_use]
    pub fn reject(self, now: Stamp) -> Skipped {
        change::skip(self.0, now)
    }

    /// Goes back to planning, which is possible until a phase is done.
    pub fn refine(self) -> Result<Planning, TransitionError> {
        change::reopen(self.0)
    }
}
