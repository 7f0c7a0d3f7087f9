//! How far a run goes, and what it remembers on the way.

use jiff::Timestamp;
use piton_loop::deciding::limits::{DayLimit, Limits};
use piton_loop::deciding::memory::{Memory, Outcome, Quota, Spent, Tried};
use piton_loop::deciding::next::Next;
use piton_loop::deciding::stop::{Budget, Stop};
use piton_loop::targets::Source;

use super::{Scene, Sketch, hours, now, slug};

fn failed() -> Outcome {
    Outcome::Failed {
        reason: "red".to_owned(),
        until: None,
    }
}

fn put_off(until: Option<Timestamp>) -> Outcome {
    let reason = "not yet".to_owned();
    Outcome::PutOff { reason, until }
}

/// A run with more targets than it will ever take up.
fn scene() -> Scene {
    let mut scene = Scene::of(&[]);
    scene.source = Source::Ambient((0..99).map(|at| at.to_string()).collect());
    scene
}

fn goes_on(scene: &Scene) -> bool {
    matches!(scene.next(), Next::Source { .. })
}

#[test]
fn failures_in_a_row_end_a_run_at_their_limit_and_not_before() {
    for (limit, enough) in [(0, 1), (1, 1), (3, 3)] {
        let mut scene = scene();
        scene.limits.failures_in_a_row = Some(limit);
        scene.limits.actions = Some(enough + 1);
        for _ in 0..enough {
            assert!(goes_on(&scene), "{limit}");
            scene.memory.remember(&Tried::Source, &failed());
        }
        let over = Stop::Failures { in_a_row: enough };
        assert_eq!(scene.next(), Next::Stop(over));
        scene.memory.remember(&Tried::Source, &Outcome::Landed);
        scene.limits.actions = None;
        assert!(goes_on(&scene), "{limit}: one success begins anew");
    }
}

#[test]
fn a_run_with_a_success_in_it_ends_at_its_count() {
    let mut scene = scene();
    scene.limits.actions = Some(2);
    scene.memory.remember(&Tried::Source, &Outcome::Landed);
    assert!(goes_on(&scene));
    scene.memory.remember(&Tried::Source, &failed());
    let over = Stop::CountReached { actions: 2 };
    assert_eq!(scene.next(), Next::Stop(over));
}

#[test]
fn a_run_that_found_nothing_to_change_ends_at_its_count_and_not_as_a_failure() {
    let mut scene = scene();
    scene.limits.actions = Some(1);
    scene.memory.remember(&Tried::Source, &Outcome::Unchanged);
    let over = Stop::CountReached { actions: 1 };
    assert_eq!(scene.next(), Next::Stop(over));
}

#[test]
fn a_run_ends_for_want_of_targets_only_where_it_had_some_and_nothing_comes_later() {
    let nothing = |next| Next::Stop(Stop::NothingEligible { next });
    let mut scene = Scene::of(&[]);
    scene.source = Source::Finite(Vec::new());
    assert_eq!(scene.next(), nothing(None));
    scene.memory.begin(&Tried::Source);
    scene.memory.remember(&Tried::Source, &Outcome::Landed);
    assert_eq!(scene.next(), Next::Stop(Stop::TargetsUsedUp));
    scene.migrations = Scene::of(&[Sketch {
        put_off: Some(5),
        ..Sketch::default()
    }])
    .migrations;
    assert_eq!(scene.next(), nothing(Some(hours(5))));
}

#[test]
fn what_is_under_way_counts_before_it_has_come_to_anything() {
    let mut scene = scene();
    scene.limits.actions = Some(2);
    let migration = Tried::Migration(slug(0));
    scene.memory.begin(&Tried::Source);
    scene.memory.begin(&migration);
    assert_eq!(scene.memory.under_way(), 2);
    assert!(scene.memory.is_under_way(&slug(0)));
    assert!(!goes_on(&scene));
    scene.memory.forget(&migration);
    assert!(goes_on(&scene), "it came to nothing of its own doing");
    assert!(!scene.memory.is_under_way(&slug(0)));
    scene.memory.remember(&Tried::Source, &put_off(None));
    assert_eq!(scene.memory.under_way(), 0);
}

/// Sets a limit that is reached, or a greater one.
type Set = fn(&mut Limits, bool, DayLimit);

#[test]
fn each_budget_is_used_up_when_it_is_reached_and_not_before() {
    let spent = Spent {
        seconds: 60,
        tokens: 1_000,
        dollars: 2.0,
        dollars_today: 1.5,
    };
    let day = |dollars: f64| DayLimit {
        dollars,
        day: now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        spent_before: 3.0,
    };
    let budgets: [(Budget, Set); 4] = [
        (Budget::Time, |limits, more, _| {
            limits.seconds = Some(60 + u64::from(more));
        }),
        (Budget::Tokens, |limits, more, _| {
            limits.tokens = Some(1_000 + u64::from(more));
        }),
        (Budget::Money, |limits, more, _| {
            limits.dollars = Some(if more { 2.01 } else { 2.0 });
        }),
        (Budget::Day, |limits, _, day| limits.day = Some(day)),
    ];
    for (budget, set) in budgets {
        let mut scene = scene();
        scene.memory.spent = spent;
        set(&mut scene.limits, true, day(4.51));
        assert!(goes_on(&scene), "{budget:?}");
        set(&mut scene.limits, false, day(4.5));
        assert_eq!(scene.limits.used_up(&spent), Some(budget));
        assert_eq!(scene.next(), Next::Stop(Stop::Budget(budget)));
    }
}

#[test]
fn a_run_that_does_not_wait_for_its_provider_ends_until_the_time_it_named() {
    let quota = |until| {
        let mut scene = scene();
        scene.memory.know_quota(Quota::UsedUp { until });
        scene.next()
    };
    for until in [Some(hours(1)), None] {
        assert_eq!(quota(until), Next::Stop(Stop::OutOfQuota { until }));
    }
    for until in [now(), hours(-1)] {
        assert!(matches!(quota(Some(until)), Next::Source { .. }));
    }
}

#[test]
fn a_provider_is_waited_for_eight_times_in_a_row() {
    let mut scene = scene();
    scene.limits.on_quota = piton_loop::deciding::limits::OnQuota::Wait;
    let until = hours(1);
    for _ in 0..8 {
        scene.memory.begin(&Tried::Source);
        let outcome = Outcome::OutOfQuota { until: Some(until) };
        scene.memory.remember(&Tried::Source, &outcome);
        assert_eq!(scene.next(), Next::Wait { until });
    }
    scene.memory.begin(&Tried::Source);
    let outcome = Outcome::OutOfQuota { until: Some(until) };
    scene.memory.remember(&Tried::Source, &outcome);
    assert!(matches!(scene.next(), Next::Stop(Stop::OutOfQuota { .. })));
}

#[test]
fn a_run_whose_last_action_was_a_success_does_not_end_as_a_failure() {
    let mut scene = Scene::of(&[]);
    scene.memory.remember(&Tried::Source, &failed());
    scene.memory.remember(&Tried::Source, &Outcome::Landed);
    let over = Stop::NothingEligible { next: None };
    assert_eq!(scene.next(), Next::Stop(over));
}

#[test]
fn a_migration_is_left_alone_until_its_time_or_until_something_of_it_lands() {
    let phase = |scene: &Scene| matches!(scene.next(), Next::Phase { .. });
    let migration = Tried::Migration(slug(0));
    let mut scene = Scene::of(&[Sketch::default()]);
    for (until, left_alone) in [(hours(1), true), (now(), false), (hours(-1), false)] {
        scene.memory.remember(&migration, &put_off(Some(until)));
        assert_eq!(phase(&scene), !left_alone, "{until}");
    }
    scene.memory.remember(&migration, &put_off(None));
    assert!(!phase(&scene));
    scene.memory.remember(&migration, &Outcome::Landed);
    assert!(phase(&scene));
}

#[test]
fn work_that_waits_is_remembered_until_it_lands() {
    let mut memory = Memory::default();
    let landing = Tried::Landing("work".to_owned());
    for outcome in [failed(), put_off(None), Outcome::Unchanged] {
        memory.remember(&landing, &outcome);
        assert!(memory.waits("work"), "{outcome:?}");
        memory.remember(&landing, &Outcome::Landed);
        assert!(!memory.anything_waits());
    }
    assert_eq!(memory.actions(), 0);
}

#[test]
fn targets_that_were_passed_over_are_not_come_back_to() {
    let mut memory = Memory::default();
    memory.pass_to(3);
    memory.pass_to(1);
    assert_eq!(memory.sources(), 3);
}
