//! The states of a migration.
//!
//! ```text
//! planning ──approve──▶ ready ──last phase──▶ done
//!    │  ▲                │ ▲
//!    │  └─────refine─────┘ └── reviewed
//!    ├──approve, human needed──▶ awaiting review ──refine──▶ planning
//!    └──reject──▶ skipped
//! ```

use super::status::Status;
use super::types::Manifest;

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
            (Status::Planning | Status::Ready | Status::InProgress, true) => {
                Self::AwaitingReview(AwaitingReview(manifest))
            }
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
pub struct Planning(pub(super) Manifest);

/// A migration whose phases are being carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready(pub(super) Manifest);

/// A migration that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitingReview(pub(super) Manifest);

/// A migration that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped(pub(super) Manifest);

/// A migration all of whose phases are carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done(pub(super) Manifest);

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Phase;
    use crate::manifest::refusal::{RefineRefusal, TransitionError};
    use crate::stamp::Stamp;

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
        let Ok(Advanced::Done(done)) = advanced else {
            panic!("{advanced:?}")
        };
        assert_eq!(done.manifest().status(), Status::Done);

        let mut ready = planned(&["a", "b"]).approve_auto().expect("phases");
        ready.0.cursor = Some(1);
        let Advanced::Ready(ready) = ready
            .complete_open_phase(at("2026-06-03T00:00:00Z"))
            .expect("b")
        else {
            panic!("a is open still")
        };
        assert_eq!(ready.manifest().current_phase_name(), "a");
        assert_eq!(ready.manifest().status(), Status::Ready);
    }

    #[test]
    fn what_is_put_off_until_a_time_is_eligible_from_then_on() {
        let ready = planned(&["a"]).approve_auto().expect("phases");
        let now = at("2026-06-03T00:00:00Z");
        let put_off = ready.defer_until(at("2026-06-03T06:00:00Z"), now);
        assert_eq!(put_off.manifest().last_touch(), &now.to_raw());
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
        let mut lost = planned(&["a"]);
        lost.0.cursor = None;
        assert_eq!(lost.approve_auto(), Err(TransitionError::NoCurrentPhase));
    }

    #[test]
    fn approval_that_needs_a_person_says_why() {
        let refused = planned(&["a"]).approve_needs_human("");
        assert_eq!(refused, Err(TransitionError::NoReason));
        let waiting = planned(&["a"]).approve_needs_human("it is public");
        let manifest = waiting.expect("a reason").into_manifest();
        assert_eq!(manifest.status(), Status::Ready);
        assert!(manifest.awaiting_human_review());
        assert_eq!(manifest.human_review_reason(), Some("it is public"));
    }

    #[test]
    fn planning_that_is_put_off_wakes_at_its_time_or_when_a_person_says_so() {
        let (now, until) = (at("2026-06-03T00:00:00Z"), at("2026-06-04T00:00:00Z"));
        let put_off = planned(&["a"]).defer_until(until, now);
        assert_eq!(put_off.manifest().wake_up_on(), Some(&until.to_raw()));
        assert_eq!(put_off.manifest().cooldown_until(), Some(&until.to_raw()));
        let woken = put_off.wake(until);
        assert_eq!(woken.manifest().wake_up_on(), None);
        assert_eq!(woken.manifest().cooldown_until(), None);
        assert_eq!(woken.manifest().last_touch(), &until.to_raw());
    }

    #[test]
    fn a_plan_under_way_is_refined_unless_a_phase_is_done() {
        assert!(planned(&["a"]).refine().is_ok());
        let mut begun = planned(&["a", "b"]);
        begun.0.phases.mark_done(0);
        let refused = TransitionError::Refine(RefineRefusal::PhaseDone);
        assert_eq!(begun.refine(), Err(refused));
    }

    #[test]
    fn an_accepted_step_is_a_touch() {
        let manifest = planned(&["a"]).into_manifest();
        assert_eq!(
            manifest.last_touch(),
            &at("2026-06-02T00:00:00Z").to_raw(),
            "and not the start"
        );
    }

    /// One that was put off and asked a person, as a manifest may say.
    fn weary(mut ready: Ready) -> Ready {
        let until = at("2026-06-09T00:00:00Z").to_raw();
        ready.0.cooldown_until = Some(until.clone());
        ready.0.wake_up_on = Some(until);
        ready.0.awaiting_human_review = true;
        ready.0.human_review_reason = Some("old".to_owned());
        ready
    }

    fn is_rested(manifest: &Manifest) -> bool {
        manifest.cooldown_until().is_none()
            && !manifest.awaiting_human_review()
            && manifest.human_review_reason().is_none()
    }

    #[test]
    fn what_put_a_migration_off_is_over_once_a_phase_is_done_or_it_is_planned_again() {
        let ready = weary(planned(&["a", "b"]).approve_auto().expect("phases"));
        let refined = ready.clone().refine().expect("nothing done");
        assert!(is_rested(refined.manifest()), "{refined:?}");
        let Advanced::Ready(next) = ready.complete_phase(at("2026-06-03T00:00:00Z")).expect("a")
        else {
            panic!("b follows")
        };
        assert!(is_rested(next.manifest()), "{next:?}");
        assert_eq!(next.manifest().wake_up_on(), None);
        let weary = weary(next);
        let approved = Planning(weary.0).approve_auto().expect("phases");
        assert!(!approved.manifest().awaiting_human_review());
    }

    #[test]
    fn a_cursor_that_moved_past_the_first_phase_keeps_a_plan_from_being_refined() {
        let mut ready = planned(&["a", "b"]).approve_auto().expect("phases");
        ready.0.cursor = Some(1);
        let moved = TransitionError::Refine(RefineRefusal::CursorAdvanced);
        assert_eq!(ready.clone().refine(), Err(moved));
        ready.0.phases = Vec::new().try_into().expect("unique");
        let none = TransitionError::Refine(RefineRefusal::NoPhases);
        assert_eq!(ready.refine(), Err(none));
    }

    #[test]
    fn a_second_deferral_keeps_the_first_wake_up_time() {
        let ready = planned(&["a"]).approve_auto().expect("phases");
        let now = at("2026-06-03T00:00:00Z");
        let once = ready.defer_unverifiable("who knows", now);
        assert_eq!(once.manifest().last_touch(), &now.to_raw());
        let first = once.manifest().wake_up_on().cloned();
        assert_eq!(
            first.as_ref().map(ToString::to_string).as_deref(),
            Some("2026-06-10T00:00:00.000+00:00")
        );
        let again = Ready(once.into_manifest());
        let twice = again.defer_unverifiable("who knows", at("2026-06-04T00:00:00Z"));
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
        assert!(waiting.manifest().cooldown_until().is_some());
        let MigrationState::Ready(ready) = waiting.reviewed(at("2026-06-03T01:00:00Z")) else {
            panic!("ready again")
        };
        assert_eq!(ready.manifest().wake_up_on(), None);
        assert_eq!(ready.manifest().human_review_reason(), None);
    }

    #[test]
    fn planning_that_waits_for_a_person_goes_on_or_ends_at_that_person_s_word() {
        let asked = at("2026-06-03T00:00:00Z");
        let waiting = planned(&["a"]).await_person("findings", asked);
        assert_eq!(waiting.manifest().status(), Status::Planning);
        assert_eq!(waiting.manifest().last_touch(), &asked.to_raw());
        assert_eq!(waiting.manifest().human_review_reason(), Some("findings"));
        let said = at("2026-06-04T00:00:00Z");
        let rejected = waiting.clone().reject(said);
        assert_eq!(rejected.manifest().status(), Status::Skipped);
        assert_eq!(rejected.manifest().last_touch(), &said.to_raw());
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
