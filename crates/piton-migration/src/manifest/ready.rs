//! What may happen to a migration whose phases are being carried out.

use super::change;
use super::refusal::TransitionError;
use super::state::{Advanced, AwaitingReview, Done, Planning, Ready, Skipped};
use super::status::Status;
use crate::stamp::Stamp;

impl Ready {
    /// Completes the current phase; the next one by position follows.
    pub(crate) fn complete_phase(self, now: Stamp) -> Result<Advanced, TransitionError> {
        let mut manifest = self.0;
        let done = manifest.cursor.ok_or(TransitionError::NoCurrentPhase)?;
        manifest.phases.mark_done(done);
        change::wake(&mut manifest, now);
        change::ask_nobody(&mut manifest);
        if done + 1 < manifest.phases.len() {
            manifest.cursor = Some(done + 1);
            Ok(Advanced::Ready(Self(manifest)))
        } else {
            manifest.cursor = None;
            manifest.status = Status::Done;
            Ok(Advanced::Done(Done(manifest)))
        }
    }

    /// Completes the phase that work goes on with, passing over phases that were
    /// done already; the next open one follows.
    pub fn complete_open_phase(self, now: Stamp) -> Result<Advanced, TransitionError> {
        let mut manifest = self.0;
        let (open, _) = manifest
            .open_phase()
            .ok_or(TransitionError::NoCurrentPhase)?;
        manifest.cursor = Some(open);
        let (Advanced::Ready(Self(mut manifest)) | Advanced::Done(Done(mut manifest))) =
            Self(manifest).complete_phase(now)?;
        // By position nothing may follow although an earlier phase is open, and
        // what follows may be done already.
        manifest.cursor = Some(open);
        manifest.cursor = manifest.open_phase().map(|(index, _)| index);
        Ok(if manifest.cursor.is_some() {
            manifest.status = Status::Ready;
            Advanced::Ready(Self(manifest))
        } else {
            manifest.status = Status::Done;
            Advanced::Done(Done(manifest))
        })
    }

    /// Puts the current phase off until a time that this and the original
    /// understand alike.
    #[must_use]
    pub fn defer_until(mut self, until: Stamp, now: Stamp) -> Self {
        change::put_off_until(&mut self.0, until, now);
        self
    }

    /// Puts the current phase off until a person has looked at it.
    pub fn defer_unverifiable(mut self, reason: &str, now: Stamp) -> AwaitingReview {
        change::put_off(&mut self.0, now);
        change::ask_person(&mut self.0, reason);
        AwaitingReview(self.0)
    }

    /// Goes back to planning, which is possible until a phase is done.
    pub fn refine(self) -> Result<Planning, TransitionError> {
        change::reopen(self.0)
    }

    /// Rejects the plan, at a person's word. Phases and cursor stay for the
    /// record.
    #[must_use]
    pub fn reject(self, now: Stamp) -> Skipped {
        change::skip(self.0, now)
    }

    /// Forgets when to wake up, because a person asked for work to go on now.
    #[must_use]
    pub fn wake(mut self, now: Stamp) -> Self {
        change::wake(&mut self.0, now);
        self
    }
}
