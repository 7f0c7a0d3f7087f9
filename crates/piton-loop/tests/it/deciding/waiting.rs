//! What is not done while something waits: to land, or for the provider.

use jiff::Timestamp;
use piton_base::Effort;
use piton_loop::deciding::limits::{Limits, OnQuota};
use piton_loop::deciding::memory::{Memory, Outcome, Quota, Tried};
use piton_loop::deciding::next::{Next, next};
use piton_loop::deciding::stand::{NotNow, Stand, stand};
use piton_loop::deciding::stop::Stop;
use piton_loop::deciding::world::{Touched, Unlanded, World};
use piton_loop::targets::{Source, Target};
use piton_migration::own::TargetProvenance;

use crate::deciding::{Refusing, Scene, Sketch, hours, now, slug};

/// Work that was accepted.
pub(super) fn waiting(name: &str) -> Unlanded {
    Unlanded {
        name: name.to_owned(),
        ..Unlanded::default()
    }
}

fn on(file: &str) -> Target {
    Target::plain(file, TargetProvenance::Targets, vec![file.to_owned()])
}

#[test]
fn nothing_is_done_again_while_what_was_done_waits_to_land() {
    let mut scene = Scene::of(&[Sketch::default(), Sketch::default()]);
    scene.unlanded.push(Unlanded {
        slug: Some("m-00".to_owned()),
        ..waiting("work")
    });
    let waits = Outcome::Waits {
        work: "work".to_owned(),
        reason: "a file is changed".to_owned(),
    };
    let landing = Tried::Landing("work".to_owned());
    scene.memory.remember(&landing, &waits);
    let other = Next::Phase {
        slug: slug(1),
        index: 0,
    };
    assert_eq!(scene.next(), other);
    scene.migrations.truncate(1);
    assert_eq!(
        stand(&scene.world(), &scene.migrations[0]),
        Stand::NotNow(NotNow::WaitsToLand)
    );
    assert_eq!(scene.next(), Next::Stop(Stop::WaitsToLand));
}

#[test]
fn a_target_is_passed_over_while_work_on_its_files_waits_to_land() {
    let mut scene = Scene::of(&[]);
    let waits = Outcome::Waits {
        work: "work".to_owned(),
        reason: "a file is changed".to_owned(),
    };
    let landing = Tried::Landing("work".to_owned());
    scene.memory.remember(&landing, &waits);
    scene.unlanded.push(Unlanded {
        files: Touched::These(["b", "x"].map(str::to_owned).into()),
        ..waiting("work")
    });
    scene.source = Source::Finite(vec![on("a")]);
    scene.unlanded.push(Unlanded {
        files: Touched::Unknown,
        ..waiting("unread")
    });
    scene.memory.remember(
        &Tried::Landing("unread".to_owned()),
        &Outcome::Waits {
            work: "unread".to_owned(),
            reason: "its changes cannot be read".to_owned(),
        },
    );
    assert_eq!(scene.next(), Next::Stop(Stop::WaitsToLand));
    scene.unlanded.pop();
    scene.source = Source::Finite(vec![on("a"), on("b"), on("c")]);
    let mut taken = Vec::new();
    while let Next::Source { target, place } = scene.next() {
        scene.memory.pass_to(place);
        scene.memory.begin(&Tried::Source);
        scene.memory.remember(&Tried::Source, &Outcome::Landed);
        taken.extend(target.files);
    }
    taken.sort_unstable();
    assert_eq!(taken, ["a", "c"]);
    assert_eq!(scene.next(), Next::Stop(Stop::WaitsToLand));
    for source in [
        Source::Group(on("b")),
        Source::Ambient(vec!["b".to_owned(), "x".to_owned()]),
        Source::Pool {
            provenance: TargetProvenance::Globs,
            files: vec!["b".to_owned()],
        },
    ] {
        scene.source = source;
        assert_eq!(scene.next(), Next::Stop(Stop::WaitsToLand));
    }
    let pool = Source::Pool {
        provenance: TargetProvenance::Globs,
        files: ["a", "b", "x"].map(str::to_owned).to_vec(),
    };
    let ambient = Source::Ambient(["a", "b", "x"].map(str::to_owned).to_vec());
    for source in [pool, ambient] {
        scene.source = source;
        for seed in 0..20 {
            let world = World {
                seed,
                ..scene.world()
            };
            let Next::Source { target, .. } = next(&world, &Refusing(Vec::new())).next else {
                panic!("a is free");
            };
            assert_eq!(target.files, ["a"]);
        }
    }
}

/// What comes next of a run that waits for its provider, after some answers.
fn of_provider(memory: &Memory, at: Timestamp) -> Next {
    let limits = Limits {
        on_quota: OnQuota::Wait,
        ..Limits::default()
    };
    let source = Source::Nothing;
    let world = World {
        now: at,
        migrations: &[],
        unlanded: &[],
        allowed: Effort::High,
        source: &source,
        limits: &limits,
        memory,
        seed: 1,
    };
    next(&world, &Refusing(Vec::new())).next
}

#[test]
fn many_at_once_that_meet_one_limit_wait_for_it_once() {
    let mut memory = Memory::default();
    for round in 1..=3 {
        for _ in 0..13 {
            memory.begin(&Tried::Source);
        }
        assert_eq!(memory.limit_of_this_round(), None);
        for one in 0..13 {
            // Each is told another time; the latest one counts.
            let until = Some(hours(round * 10 + one % 5));
            memory.remember(&Tried::Source, &Outcome::OutOfQuota { until });
        }
        assert_eq!(memory.quota_waits(), u32::try_from(round).unwrap());
        let until = hours(round * 10 + 4);
        assert_eq!(memory.limit_of_this_round(), Some(Some(until)));
        assert_eq!(of_provider(&memory, now()), Next::Wait { until });
        assert!(!matches!(of_provider(&memory, until), Next::Wait { .. }));
    }
    assert_eq!(memory.actions(), 0, "none of it is an action");
    assert_eq!(memory.failures_in_a_row(), 0, "nor a failure");
    // It is not asked for ever.
    for _ in 0..20 {
        memory.begin(&Tried::Source);
        let until = Some(hours(50));
        memory.remember(&Tried::Source, &Outcome::OutOfQuota { until });
    }
    let over = of_provider(&memory, now());
    assert!(
        matches!(over, Next::Stop(Stop::OutOfQuota { .. })),
        "{over:?}"
    );
    // What it gave again begins anew.
    memory.begin(&Tried::Source);
    memory.remember(&Tried::Source, &Outcome::Landed);
    assert_eq!(memory.quota_waits(), 0);
}

#[test]
fn a_limit_that_an_earlier_run_met_is_waited_for_or_ends_the_run() {
    let mut memory = Memory::default();
    memory.know_quota(Quota::UsedUp {
        until: Some(hours(2)),
    });
    assert_eq!(of_provider(&memory, now()), Next::Wait { until: hours(2) });
    let after = of_provider(&memory, hours(2));
    assert!(
        !matches!(
            after,
            Next::Wait { .. } | Next::Stop(Stop::OutOfQuota { .. })
        ),
        "{after:?}"
    );
    // Without a time there is nothing to wait for.
    memory.know_quota(Quota::UsedUp { until: None });
    let over = of_provider(&memory, now());
    assert_eq!(over, Next::Stop(Stop::OutOfQuota { until: None }));
}

#[test]
fn what_an_earlier_run_did_makes_no_success_of_a_run_in_which_all_failed() {
    let mut scene = Scene::of(&[]);
    scene.source = Source::Ambient(vec!["a".to_owned()]);
    scene.limits.actions = Some(1);
    let earlier = Tried::Landing("work".to_owned());
    scene.memory.remember(&earlier, &Outcome::Landed);
    let failed = Outcome::Failed {
        reason: "red".to_owned(),
        until: None,
    };
    scene.memory.remember(&Tried::Source, &failed);
    assert_eq!(scene.next(), Next::Stop(Stop::Failures { in_a_row: 1 }));
}
