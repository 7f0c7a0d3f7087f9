//! What may happen to a migration whose plan is being made.

use super::change;
use super::phases::Phases;
use super::refusal::TransitionError;
use super::state::{AwaitingReview, Planning, Ready, Skipped};
use super::status::Status;
use super::types::Manifest;
use crate::slug::Slug;
use crate::stamp::Stamp;

impl Planning {
    /// Starts a new migration.
    pub fn start(slug: &Slug, now: Stamp) -> Self {
        Self(Manifest {
            name: slug.as_str().to_owned(),
            created_at: now.to_raw(),
            last_touch: now.to_raw(),
            wake_up_on: None,
            awaiting_human_review: false,
            human_review_reason: None,
            cooldown_until: None,
            status: Status::Planning,
            cursor: None,
            phases: Phases::default(),
        })
    }

    /// Records that a planning step was accepted that left the phases alone.
    #[must_use]
    pub fn accept_step(mut self, now: Stamp) -> Self {
        self.0.last_touch = now.to_raw();
        self
    }

    /// Records that a planning step was accepted that wrote the phases again.
    /// A cursor whose phase is gone moves to the first one.
    #[must_use]
    pub fn accept_phases(self, phases: Phases, now: Stamp) -> Self {
        let mut accepted = self.accept_step(now);
        let kept = match accepted.0.current_phase_name() {
            "" => None,
            name => phases.find(name).map(|(index, _)| index),
        };
        accepted.0.cursor = kept.or((!phases.is_empty()).then_some(0));
        accepted.0.phases = phases;
        accepted
    }

    /// Approves the plan: its phases may be carried out.
    pub fn approve_auto(self) -> Result<Ready, TransitionError> {
        let mut manifest = self.approvable()?;
        change::ask_nobody(&mut manifest);
        Ok(Ready(manifest))
    }

    /// Approves the plan on the condition that a person looks at it first.
    pub fn approve_needs_human(self, reason: &str) -> Result<AwaitingReview, TransitionError> {
        if reason.is_empty() {
            return Err(TransitionError::NoReason);
        }
        let mut manifest = self.approvable()?;
        change::ask_person(&mut manifest, reason);
        Ok(AwaitingReview(manifest))
    }

    /// Rejects the plan. Phases and cursor stay for the record.
    pub fn reject(mut self) -> Skipped {
        self.0.status = Status::Skipped;
        Skipped(self.0)
    }

    /// Stops for a person, because planning has no way on by itself.
    #[must_use]
    pub fn await_person(mut self, reason: &str, now: Stamp) -> AwaitingReview {
        self.0.last_touch = now.to_raw();
        change::ask_person(&mut self.0, reason);
        AwaitingReview(self.0)
    }

    /// Puts planning off until a time that this and the original understand
    /// alike.
    #[must_use]
    pub fn defer_until(mut self, until: Stamp, now: Stamp) -> Self {
        change::put_off_until(&mut self.0, until, now);
        self
    }

    /// Forgets when to wake up, because a person asked for work to go on now.
    #[must_use]
    pub fn wake(mut self, now: Stamp) -> Self {
        change::wake(&mut self.0, now);
        self
    }

    /// Tells whether feedback may reopen the plan.
    pub fn refine(self) -> Result<Self, TransitionError> {
        change::refuse_done_phases(&self.0)?;
        Ok(self)
    }

    fn approvable(self) -> Result<Manifest, TransitionError> {
        let mut manifest = self.0;
        if manifest.phases.is_empty() {
            return Err(TransitionError::NoPhases);
        }
        if manifest.cursor.is_none() {
            return Err(TransitionError::NoCurrentPhase);
        }
        manifest.status = Status::Ready;
        Ok(manifest)
    }
}
