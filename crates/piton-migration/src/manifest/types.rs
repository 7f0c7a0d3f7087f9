//! The manifest as a value.

use super::phases::{Phase, Phases};
use super::status::Status;
use crate::stamp::RawStamp;

/// `manifest.json`, decoded.
///
/// Stamps are kept as spelled. The cursor is a position in the phase list, so
/// it cannot name a phase that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub(super) name: String,
    pub(super) created_at: RawStamp,
    pub(super) last_touch: RawStamp,
    pub(super) wake_up_on: Option<RawStamp>,
    pub(super) awaiting_human_review: bool,
    pub(super) human_review_reason: Option<String>,
    pub(super) cooldown_until: Option<RawStamp>,
    pub(super) status: Status,
    pub(super) cursor: Option<usize>,
    pub(super) phases: Phases,
}

impl Manifest {
    /// Returns the name the manifest gives the migration, which in a
    /// consistent one is its directory's.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn status(&self) -> Status {
        self.status
    }

    pub fn created_at(&self) -> &RawStamp {
        &self.created_at
    }

    /// Returns when something last happened to the migration.
    pub fn last_touch(&self) -> &RawStamp {
        &self.last_touch
    }

    pub fn wake_up_on(&self) -> Option<&RawStamp> {
        self.wake_up_on.as_ref()
    }

    pub fn cooldown_until(&self) -> Option<&RawStamp> {
        self.cooldown_until.as_ref()
    }

    pub fn awaiting_human_review(&self) -> bool {
        self.awaiting_human_review
    }

    pub fn human_review_reason(&self) -> Option<&str> {
        self.human_review_reason.as_deref()
    }

    pub fn phases(&self) -> &Phases {
        &self.phases
    }

    /// Returns the phase to be carried out next with its position.
    pub fn current_phase(&self) -> Option<(usize, &Phase)> {
        let index = self.cursor?;
        Some((index, self.phases.get(index)?))
    }

    /// Returns the phase that work goes on with: the one at the cursor, or where
    /// that one is done already the next one that is not.
    pub fn open_phase(&self) -> Option<(usize, &Phase)> {
        let cursor = self.cursor?;
        let is_open = |(_, phase): &(usize, &Phase)| !phase.done;
        let mut after = self.phases.iter().enumerate().skip(cursor);
        after
            .find(is_open)
            .or_else(|| self.phases.iter().enumerate().find(is_open))
    }

    /// Returns the cursor as the file spells it: a phase's name, or nothing.
    pub fn current_phase_name(&self) -> &str {
        self.current_phase()
            .map_or("", |(_, phase)| phase.name.as_str())
    }

    /// Returns the manifest under another name, for a migration whose
    /// directory was renamed by hand.
    #[must_use]
    pub fn renamed(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Returns the manifest with its cursor on the first phase that is not
    /// done, for one that lost its cursor.
    #[must_use]
    pub(crate) fn with_cursor_on_first_open_phase(mut self) -> Self {
        self.cursor = self.phases.iter().position(|phase| !phase.done);
        self
    }
}
