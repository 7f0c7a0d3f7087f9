//! What may happen to a migration, by the state it is in.
//!
//! ```text
//! planning ──approve──▶ ready ──last phase──▶ done
//!    │  ▲                │ ▲
//!    │  └─────refine─────┘ └── reviewed
//!    ├──approve, human needed──▶ awaiting review ──refine──▶ planning
//!    └──reject──▶ skipped
//! ```

use jiff::SignedDuration;

use super::phases::Phases;
use super::refusal::{RefineRefusal, TransitionError};
use super::status::Status;
use super::types::Manifest;
use crate::slug::Slug;
use crate::stamp::Stamp;

/// How long a deferred migration is left alone at least.
const COOLDOWN: SignedDuration = SignedDuration::from_hours(6);
/// When a deferred migration wakes up by itself.
const WAKE_UP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A manifest, sorted by what may happen to the migration next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationState {
    Planning(Planning),
    Ready(Ready),
    AwaitingReview(AwaitingReview),
    Skipped(Skipped),
    Done(Done),
}

impl From<Manifest> for MigrationState {
    fn from(manifest: Manifest) -> Self {
        match (manifest.status, manifest.awaiting_human_review) {
            (Status::Skipped, _) => Self::Skipped(Skipped(manifest)),
            (Status::Done, _) => Self::Done(Done(manifest)),
            (_, true) => Self::AwaitingReview(AwaitingReview(manifest)),
            (Status::Planning, false) => Self::Planning(Planning(manifest)),
            (Status::Ready | Status::InProgress, false) => Self::Ready(Ready(manifest)),
        }
    }
}

impl MigrationState {
    /// Returns the manifest that is in this state.
    pub fn manifest(&self) -> &Manifest {
        match self {
            Self::Planning(state) => state.manifest(),
            Self::Ready(state) => state.manifest(),
            Self::AwaitingReview(state) => state.manifest(),
            Self::Skipped(state) => state.manifest(),
            Self::Done(state) => state.manifest(),
        }
    }
}

/// A migration whose plan is being made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planning(Manifest);

/// A migration whose phases are being carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready(Manifest);

/// A migration that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitingReview(Manifest);

/// A migration that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped(Manifest);

/// A migration all of whose phases are carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done(Manifest);

/// Gives each state its manifest.
macro_rules! holds_a_manifest {
    ($($state:ident),*) => {$(
        impl $state {
            /// Returns the manifest that is in this state.
            pub fn manifest(&self) -> &Manifest {
                &self.0
            }

            /// Gives the manifest back, to be written.
            pub fn into_manifest(self) -> Manifest {
                self.0
            }
        }
    )*};
}

holds_a_manifest!(Planning, Ready, AwaitingReview, Skipped, Done);

/// Where completing a phase leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advanced {
    /// More phases follow.
    Ready(Ready),
    /// That was the last one.
    Done(Done),
}

impl Advanced {
    /// Gives the manifest back, to be written.
    pub fn into_manifest(self) -> Manifest {
        match self {
            Self::Ready(state) => state.into_manifest(),
            Self::Done(state) => state.into_manifest(),
        }
    }
}

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

    /// Records that a planning step was accepted that wrote the phases anew.
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
        manifest.awaiting_human_review = false;
        manifest.human_review_reason = None;
        Ok(Ready(manifest))
    }

    /// Approves the plan on the condition that a person looks at it first.
    pub fn approve_needs_human(self, reason: &str) -> Result<AwaitingReview, TransitionError> {
        if reason.is_empty() {
            return Err(TransitionError::NoReason);
        }
        let mut manifest = self.approvable()?;
        manifest.awaiting_human_review = true;
        manifest.human_review_reason = Some(reason.to_owned());
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
        self.0.awaiting_human_review = true;
        self.0.human_review_reason = Some(reason.to_owned());
        AwaitingReview(self.0)
    }

    /// Puts planning off until a time that this and the original understand
    /// alike.
    #[must_use]
    pub fn defer_until(mut self, until: Stamp, now: Stamp) -> Self {
        put_off_until(&mut self.0, until, now);
        self
    }

    /// Forgets when to wake up, because a person asked for work to go on now.
    #[must_use]
    pub fn wake(mut self, now: Stamp) -> Self {
        self.0.last_touch = now.to_raw();
        self.0.wake_up_on = None;
        self.0.cooldown_until = None;
        self
    }

    /// Tells whether feedback may reopen the plan.
    pub fn refine(self) -> Result<Self, TransitionError> {
        refuse_done_phases(&self.0)?;
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

impl Ready {
    /// Completes the current phase; the next one by position follows.
    pub fn complete_phase(self, now: Stamp) -> Result<Advanced, TransitionError> {
        let mut manifest = self.0;
        let done = manifest.cursor.ok_or(TransitionError::NoCurrentPhase)?;
        manifest.phases.mark_done(done);
        manifest.last_touch = now.to_raw();
        manifest.wake_up_on = None;
        manifest.cooldown_until = None;
        manifest.awaiting_human_review = false;
        manifest.human_review_reason = None;
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
        put_off_until(&mut self.0, until, now);
        self
    }

    /// Puts the current phase off. The first wake-up time that was set stays.
    #[must_use]
    pub fn defer(mut self, now: Stamp) -> Self {
        put_off(&mut self.0, now);
        self
    }

    /// Puts the current phase off until a person has looked at it.
    pub fn defer_unverifiable(mut self, reason: &str, now: Stamp) -> AwaitingReview {
        put_off(&mut self.0, now);
        self.0.awaiting_human_review = true;
        self.0.human_review_reason = Some(reason.to_owned());
        AwaitingReview(self.0)
    }

    /// Goes back to planning, which is possible until a phase is done.
    pub fn refine(self) -> Result<Planning, TransitionError> {
        reopen(self.0)
    }

    /// Rejects the plan, at a person's word. Phases and cursor stay for the
    /// record.
    #[must_use]
    pub fn reject(self, now: Stamp) -> Skipped {
        skip(self.0, now)
    }

    /// Forgets when to wake up, because a person asked for work to go on now.
    #[must_use]
    pub fn wake(mut self, now: Stamp) -> Self {
        self.0.last_touch = now.to_raw();
        self.0.wake_up_on = None;
        self.0.cooldown_until = None;
        self
    }
}

impl AwaitingReview {
    /// Records that a person has looked: the flag goes, and the migration may
    /// go on at once.
    pub fn reviewed(mut self, now: Stamp) -> MigrationState {
        self.0.last_touch = now.to_raw();
        self.0.awaiting_human_review = false;
        self.0.human_review_reason = None;
        self.0.wake_up_on = None;
        self.0.cooldown_until = None;
        MigrationState::from(self.0)
    }

    /// Rejects the plan, at a person's word. Phases and cursor stay for the
    /// record.
    #[must_use]
    pub fn reject(self, now: Stamp) -> Skipped {
        skip(self.0, now)
    }

    /// Goes back to planning, which is possible until a phase is done.
    pub fn refine(self) -> Result<Planning, TransitionError> {
        reopen(self.0)
    }
}

fn skip(mut manifest: Manifest, now: Stamp) -> Skipped {
    manifest.status = Status::Skipped;
    manifest.last_touch = now.to_raw();
    manifest.awaiting_human_review = false;
    manifest.human_review_reason = None;
    Skipped(manifest)
}

fn put_off(manifest: &mut Manifest, now: Stamp) {
    manifest.last_touch = now.to_raw();
    manifest.cooldown_until = Some(now.later_utc(COOLDOWN).to_raw());
    manifest
        .wake_up_on
        .get_or_insert_with(|| now.later_utc(WAKE_UP).to_raw());
}

/// Both stamps name the one time: a wake-up later than the cooldown would let
/// the original sleep on, an earlier one would not wake it.
fn put_off_until(manifest: &mut Manifest, until: Stamp, now: Stamp) {
    manifest.last_touch = now.to_raw();
    manifest.cooldown_until = Some(until.to_raw());
    manifest.wake_up_on = Some(until.to_raw());
}

fn refuse_done_phases(manifest: &Manifest) -> Result<(), RefineRefusal> {
    if manifest.phases.iter().any(|phase| phase.done) {
        return Err(RefineRefusal::PhaseDone);
    }
    Ok(())
}

fn reopen(mut manifest: Manifest) -> Result<Planning, TransitionError> {
    refuse_done_phases(&manifest)?;
    if manifest.status.is_executing() {
        if manifest.phases.is_empty() {
            return Err(RefineRefusal::NoPhases.into());
        }
        if manifest.cursor != Some(0) {
            return Err(RefineRefusal::CursorAdvanced.into());
        }
        manifest.status = Status::Planning;
        manifest.awaiting_human_review = false;
        manifest.human_review_reason = None;
        manifest.cooldown_until = None;
    }
    Ok(Planning(manifest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Phase;

    fn at(text: &str) -> Stamp {
        Stamp::utc(text.parse().expect("an instant"))
    }

    fn phase(name: &str) -> Phase {
        Phase {
            name: name.to_owned(),
            file: format!("phase-1-{name}.md"),
            done: false,
            precondition: "now".to_owned(),
            required_effort: None,
            effort_reason: None,
        }
    }

    fn planned(names: &[&str]) -> Planning {
        let slug = "m".parse().expect("a slug");
        let phases = names.iter().map(|name| phase(name)).collect::<Vec<_>>();
        Planning::start(&slug, at("2026-06-01T00:00:00Z")).accept_phases(
            phases.try_into().expect("unique"),
            at("2026-06-02T00:00:00Z"),
        )
    }

    #[test]
    fn phases_complete_in_turn_until_the_migration_is_done() {
        let ready = planned(&["a", "b"]).approve_auto().expect("phases");
        let Advanced::Ready(ready) = ready.complete_phase(at("2026-06-03T00:00:00Z")).expect("a")
        else {
            panic!("b follows")
        };
        assert_eq!(ready.manifest().current_phase_name(), "b");
        let Advanced::Done(done) = ready.complete_phase(at("2026-06-04T00:00:00Z")).expect("b")
        else {
            panic!("b was the last")
        };
        let manifest = done.into_manifest();
        assert_eq!(manifest.status(), Status::Done);
        assert_eq!(manifest.current_phase_name(), "");
        assert!(manifest.phases().iter().all(|phase| phase.done));
    }

    #[test]
    fn a_phase_that_is_done_already_is_not_carried_out_again() {
        let mut ready = planned(&["a", "b", "c"]).approve_auto().expect("phases");
        ready.0.phases.mark_done(0);
        ready.0.phases.mark_done(2);
        assert_eq!(ready.manifest().open_phase().expect("b").1.name, "b");
        let advanced = ready.complete_open_phase(at("2026-06-03T00:00:00Z"));
        assert!(matches!(advanced, Ok(Advanced::Done(_))), "{advanced:?}");

        let mut ready = planned(&["a", "b"]).approve_auto().expect("phases");
        ready.0.cursor = Some(1);
        let Advanced::Ready(ready) = ready
            .complete_open_phase(at("2026-06-03T00:00:00Z"))
            .expect("b")
        else {
            panic!("a is open still")
        };
        assert_eq!(ready.manifest().current_phase_name(), "a");
    }

    #[test]
    fn what_is_put_off_until_a_time_is_eligible_from_then_on() {
        let ready = planned(&["a"]).approve_auto().expect("phases");
        let put_off = ready.defer_until(at("2026-06-03T06:00:00Z"), at("2026-06-03T00:00:00Z"));
        let eligible = |now: &str| {
            let now = now.parse().expect("an instant");
            crate::schedule::eligible(put_off.manifest(), now).expect("stamps")
        };
        assert!(!eligible("2026-06-03T05:59:59Z"));
        assert!(eligible("2026-06-03T06:00:00Z"));
    }

    #[test]
    fn a_plan_without_phases_cannot_be_approved() {
        assert_eq!(planned(&[]).approve_auto(), Err(TransitionError::NoPhases));
    }

    #[test]
    fn a_second_deferral_keeps_the_first_wake_up_time() {
        let ready = planned(&["a"]).approve_auto().expect("phases");
        let once = ready.defer(at("2026-06-03T00:00:00Z"));
        let first = once.manifest().wake_up_on().cloned();
        assert_eq!(
            first.as_ref().map(ToString::to_string).as_deref(),
            Some("2026-06-10T00:00:00.000+00:00")
        );
        let twice = once.defer(at("2026-06-04T00:00:00Z"));
        assert_eq!(twice.manifest().wake_up_on().cloned(), first);
        assert_eq!(
            twice
                .manifest()
                .cooldown_until()
                .map(ToString::to_string)
                .as_deref(),
            Some("2026-06-04T06:00:00.000+00:00")
        );
    }

    #[test]
    fn an_unverifiable_phase_waits_for_a_person_and_a_review_wakes_it() {
        let ready = planned(&["a"]).approve_auto().expect("phases");
        let waiting = ready.defer_unverifiable("who knows", at("2026-06-03T00:00:00Z"));
        assert!(waiting.manifest().awaiting_human_review());
        let MigrationState::Ready(ready) = waiting.reviewed(at("2026-06-03T01:00:00Z")) else {
            panic!("ready again")
        };
        assert_eq!(ready.manifest().wake_up_on(), None);
        assert_eq!(ready.manifest().human_review_reason(), None);
    }

    #[test]
    fn planning_that_waits_for_a_person_goes_on_or_ends_at_that_person_s_word() {
        let waiting = planned(&["a"]).await_person("findings", at("2026-06-03T00:00:00Z"));
        assert_eq!(waiting.manifest().status(), Status::Planning);
        assert_eq!(waiting.manifest().human_review_reason(), Some("findings"));
        let rejected = waiting.clone().reject(at("2026-06-04T00:00:00Z"));
        assert_eq!(rejected.manifest().status(), Status::Skipped);
        assert!(!rejected.manifest().awaiting_human_review());
        assert!(matches!(
            waiting.reviewed(at("2026-06-04T00:00:00Z")),
            MigrationState::Planning(_)
        ));
    }

    #[test]
    fn a_migration_can_be_refined_until_a_phase_is_done() {
        let ready = planned(&["a", "b"]).approve_auto().expect("phases");
        assert_eq!(
            ready
                .clone()
                .refine()
                .expect("nothing done")
                .manifest()
                .status(),
            Status::Planning
        );
        let Advanced::Ready(advanced) =
            ready.complete_phase(at("2026-06-03T00:00:00Z")).expect("a")
        else {
            panic!("b follows")
        };
        assert_eq!(
            advanced.refine(),
            Err(TransitionError::Refine(RefineRefusal::PhaseDone))
        );
    }

    #[test]
    fn rediscovered_phases_keep_the_cursor_where_they_can() {
        let again = planned(&["a", "b"]);
        let moved = again.clone().accept_phases(
            vec![phase("z"), phase("a")].try_into().expect("unique"),
            at("2026-06-03T00:00:00Z"),
        );
        assert_eq!(moved.manifest().current_phase_name(), "a");
        let gone = again.accept_phases(
            vec![phase("z")].try_into().expect("unique"),
            at("2026-06-03T00:00:00Z"),
        );
        assert_eq!(gone.manifest().current_phase_name(), "z");
    }
}
