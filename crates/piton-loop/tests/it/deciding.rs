//! The one next thing, whatever the world looks like.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use piton_base::Effort;
use piton_loop::deciding::limits::{Limits, OnQuota};
use piton_loop::deciding::memory::{Memory, Outcome, Quota, Tried};
use piton_loop::deciding::next::{Next, next};
use piton_loop::deciding::queue::queue;
use piton_loop::deciding::stand::{NotNow, Stand, stand};
use piton_loop::deciding::stop::Stop;
use piton_loop::deciding::world::{Gate, Known, Open, Seen, Standing, Unlanded, World};
use piton_loop::targets::{Source, Target};
use piton_migration::manifest::Manifest;
use piton_migration::own::{DeferralCause, OwnData, TargetProvenance};
use piton_migration::slug::Slug;
use proptest::prelude::*;
use serde_json::json;

fn now() -> Timestamp {
    "2026-06-10T12:00:00Z".parse().expect("an instant")
}

/// One migration, put into words.
#[derive(Clone, Debug)]
struct Sketch {
    status: &'static str,
    age_hours: i64,
    awaits: bool,
    /// Hours from now at which the deferral ends.
    put_off: Option<i64>,
    cause: Option<DeferralCause>,
    effort: Option<Effort>,
    done: [bool; 2],
    broken: bool,
    refused: bool,
}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            status: "ready",
            age_hours: 100,
            awaits: false,
            put_off: None,
            cause: None,
            effort: None,
            done: [false, false],
            broken: false,
            refused: false,
        }
    }
}

fn hours(count: i64) -> Timestamp {
    now()
        .checked_add(SignedDuration::from_hours(count))
        .expect("near")
}

fn standing(name: &str, sketch: &Sketch) -> Standing {
    let slug: Slug = name.parse().expect("a slug");
    if sketch.broken {
        let reason = "torn".to_owned();
        return Standing {
            slug,
            seen: Seen::Broken { reason },
        };
    }
    let stamp = |at: Timestamp| format!("{at:.3}").replace('Z', "+00:00");
    let put_off = sketch.put_off.map(|at| stamp(hours(at)));
    let phase = |name: &str, done: bool| {
        json!({"name": name, "file": format!("phase-1-{name}.md"), "done": done,
               "precondition": "p", "required_effort": sketch.effort.map(Effort::as_str)})
    };
    let manifest = json!({
        "name": name, "status": sketch.status,
        "created_at": stamp(hours(-sketch.age_hours)), "last_touch": stamp(hours(-1)),
        "awaiting_human_review": sketch.awaits,
        "cooldown_until": put_off, "wake_up_on": put_off,
        "current_phase": if sketch.status == "done" { "" } else { "a" },
        "phases": [phase("a", sketch.done[0]), phase("b", sketch.done[1])],
    });
    let manifest = Manifest::decode(manifest.to_string().as_bytes()).expect("a manifest");
    let mut own = OwnData::new();
    own.deferral.clone_from(&sketch.cause);
    own.retry_at = sketch.put_off.map(hours);
    let known = Box::new(Known { manifest, own });
    Standing {
        slug,
        seen: Seen::Known(known),
    }
}

/// Refuses those that the sketch says it refuses.
struct Refusing(Vec<Slug>);

impl Gate for Refusing {
    fn refuses(&self, slug: &Slug, _stand: &Stand) -> Option<String> {
        self.0
            .contains(slug)
            .then(|| "it does not add up".to_owned())
    }
}

struct Scene {
    migrations: Vec<Standing>,
    gate: Refusing,
    source: Source,
    limits: Limits,
    memory: Memory,
    unlanded: Vec<Unlanded>,
}

impl Scene {
    fn of(sketches: &[Sketch]) -> Self {
        let named = |index: usize| format!("m-{index:02}");
        let migrations: Vec<Standing> = sketches
            .iter()
            .enumerate()
            .map(|(index, sketch)| standing(&named(index), sketch))
            .collect();
        let refused = migrations
            .iter()
            .zip(sketches)
            .filter(|(_, sketch)| sketch.refused)
            .map(|(standing, _)| standing.slug.clone())
            .collect();
        Self {
            migrations,
            gate: Refusing(refused),
            source: Source::Nothing,
            limits: Limits::default(),
            memory: Memory::default(),
            unlanded: Vec::new(),
        }
    }

    fn world(&self) -> World<'_> {
        World {
            now: now(),
            migrations: &self.migrations,
            unlanded: &self.unlanded,
            allowed: Effort::Medium,
            source: &self.source,
            limits: &self.limits,
            memory: &self.memory,
            seed: 1,
        }
    }

    fn next(&self) -> Next {
        next(&self.world(), &self.gate).next
    }
}

/// Work that was accepted.
fn waiting(name: &str) -> Unlanded {
    Unlanded {
        name: name.to_owned(),
        ..Unlanded::default()
    }
}

fn on(file: &str) -> Target {
    Target::plain(file, TargetProvenance::Targets, vec![file.to_owned()])
}

fn slug(index: usize) -> Slug {
    format!("m-{index:02}").parse().expect("a slug")
}

#[test]
fn planning_comes_before_phases_and_phases_before_sources() {
    let planning = Sketch {
        status: "planning",
        age_hours: 1,
        ..Sketch::default()
    };
    let mut scene = Scene::of(&[Sketch::default(), planning]);
    scene.source = Source::Ambient(vec!["a".to_owned()]);
    assert_eq!(scene.next(), Next::Plan(slug(1)));
    scene.migrations.pop();
    let phase = Next::Phase {
        slug: slug(0),
        index: 0,
    };
    assert_eq!(scene.next(), phase);
    scene.migrations.pop();
    assert!(matches!(scene.next(), Next::Source { .. }));
    scene.unlanded.push(waiting("work"));
    assert_eq!(scene.next(), Next::Land("work".to_owned()));
}

#[test]
fn the_oldest_goes_first_and_a_broken_one_holds_up_nobody() {
    let aged = |age_hours, refused, broken| Sketch {
        age_hours,
        broken,
        refused,
        ..Sketch::default()
    };
    let scene = Scene::of(&[
        aged(1, false, false),
        aged(9, true, false),
        aged(5, false, false),
        aged(99, false, true),
    ]);
    let decision = next(&scene.world(), &scene.gate);
    assert_eq!(
        decision.next,
        Next::Phase {
            slug: slug(2),
            index: 0
        }
    );
    assert_eq!(
        decision.passed_over,
        [(slug(1), "it does not add up".to_owned())]
    );
}

#[test]
fn a_cursor_on_a_finished_phase_is_passed_over() {
    let scene = Scene::of(&[Sketch {
        done: [true, false],
        ..Sketch::default()
    }]);
    let phase = Next::Phase {
        slug: slug(0),
        index: 1,
    };
    assert_eq!(scene.next(), phase);
}

#[test]
fn a_phase_over_budget_waits_for_the_budget_and_for_no_time() {
    let mut scene = Scene::of(&[Sketch {
        effort: Some(Effort::High),
        put_off: Some(5),
        cause: Some(DeferralCause::OverBudget),
        ..Sketch::default()
    }]);
    assert_eq!(
        scene.next(),
        Next::Stop(Stop::NothingEligible { next: None })
    );
    let world = World {
        allowed: Effort::High,
        ..scene.world()
    };
    assert!(matches!(
        next(&world, &Open).next,
        Next::Phase { index: 0, .. }
    ));
    // A phase that was not ready waits, whatever it asks for.
    scene = Scene::of(&[Sketch {
        effort: Some(Effort::Low),
        put_off: Some(5),
        cause: Some(DeferralCause::NotReady {
            reason: "not yet".to_owned(),
        }),
        ..Sketch::default()
    }]);
    let until = Some(hours(5));
    assert_eq!(
        scene.next(),
        Next::Stop(Stop::NothingEligible { next: until })
    );
}

#[test]
fn a_run_that_has_nothing_left_says_what_it_waits_for() {
    let waiting = Sketch {
        awaits: true,
        ..Sketch::default()
    };
    let scene = Scene::of(std::slice::from_ref(&waiting));
    let people = Stop::WaitsForPeople {
        migrations: vec![slug(0).to_string()],
    };
    assert_eq!(scene.next(), Next::Stop(people));

    let mut scene = Scene::of(&[Sketch::default()]);
    let failed = Outcome::Failed {
        reason: "red".to_owned(),
        until: None,
    };
    scene.memory.remember(&Tried::Migration(slug(0)), &failed);
    assert_eq!(scene.next(), Next::Stop(Stop::Failures { in_a_row: 1 }));

    let mut scene = Scene::of(&[Sketch::default()]);
    let waits = Outcome::Waits {
        work: "w".to_owned(),
        reason: "src/a.rs is in the way".to_owned(),
    };
    scene.memory.remember(&Tried::Migration(slug(0)), &waits);
    assert_eq!(scene.next(), Next::Stop(Stop::WaitsToLand));
}

#[test]
fn a_deferral_spends_no_action_and_a_failure_does() {
    let mut memory = Memory::default();
    let put_off = Outcome::PutOff {
        reason: "no".to_owned(),
        until: None,
    };
    memory.remember(&Tried::Migration(slug(0)), &put_off);
    assert_eq!(memory.actions(), 0);
    let failed = Outcome::Failed {
        reason: "red".to_owned(),
        until: None,
    };
    memory.remember(&Tried::Source, &failed);
    assert_eq!((memory.actions(), memory.failures_in_a_row()), (1, 1));
    memory.remember(&Tried::Source, &Outcome::Landed);
    assert_eq!((memory.actions(), memory.failures_in_a_row()), (2, 0));
}

#[test]
fn a_rest_lies_between_actions_and_not_before_the_end() {
    let mut scene = Scene::of(&[Sketch::default()]);
    scene.memory.rest_until = Some(hours(1));
    assert_eq!(scene.next(), Next::Wait { until: hours(1) });
    // What was accepted lands at once.
    scene.unlanded.push(waiting("work"));
    assert_eq!(scene.next(), Next::Land("work".to_owned()));
    scene.unlanded.clear();
    scene.memory.rest_until = Some(now());
    assert!(matches!(scene.next(), Next::Phase { .. }));
    scene.memory.rest_until = Some(hours(1));
    scene.migrations.clear();
    let over = Stop::NothingEligible { next: None };
    assert_eq!(scene.next(), Next::Stop(over));
    scene.source = Source::Ambient(vec!["a".to_owned()]);
    scene.limits.actions = Some(1);
    scene.memory.remember(&Tried::Source, &Outcome::Landed);
    let reached = scene.next();
    assert!(
        matches!(reached, Next::Stop(Stop::CountReached { .. })),
        "{reached:?}"
    );
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
        files: ["b", "x"].map(str::to_owned).into(),
        ..waiting("work")
    });
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
            let Next::Source { target, .. } = next(&world, &Open).next else {
                panic!("a is free");
            };
            assert_eq!(target.files, ["a"]);
        }
    }
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let cause = prop_oneof![
        Just(None),
        Just(Some(DeferralCause::OverBudget)),
        Just(Some(DeferralCause::NotReady {
            reason: "r".to_owned()
        })),
        Just(Some(DeferralCause::Failing {
            reason: "r".to_owned()
        })),
    ];
    (
        prop_oneof!["planning", "ready", "in-progress", "skipped", "done"].prop_map(|status| {
            match status.as_str() {
                "planning" => "planning",
                "ready" => "ready",
                "in-progress" => "in-progress",
                "skipped" => "skipped",
                _ => "done",
            }
        }),
        0i64..50,
        prop::bool::weighted(0.2),
        prop::option::of(-20i64..20),
        cause,
        prop::option::of(prop::sample::select(Effort::ALL.to_vec())),
        any::<[bool; 2]>(),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(status, age_hours, awaits, put_off, cause, effort, done, broken, refused)| Sketch {
                status,
                age_hours,
                awaits,
                put_off,
                cause,
                effort,
                done,
                broken,
                refused,
            },
        )
}

/// Says the same as the decision, from the sketch alone.
fn may_be_worked_on(sketch: &Sketch) -> bool {
    let asleep =
        sketch.put_off.is_some_and(|at| at > 0) && sketch.cause != Some(DeferralCause::OverBudget);
    let open = match sketch.status {
        "planning" => true,
        "ready" | "in-progress" => {
            sketch.done != [true, true] && sketch.effort.is_none_or(|it| it <= Effort::Medium)
        }
        _ => false,
    };
    open && !asleep && !sketch.awaits && !sketch.broken && !sketch.refused
}

proptest! {
    #[test]
    fn what_is_chosen_may_be_worked_on_and_something_is_chosen_if_anything_may(
        sketches in prop::collection::vec(sketch(), 0..12),
    ) {
        let scene = Scene::of(&sketches);
        let chosen = match scene.next() {
            Next::Plan(slug) | Next::Phase { slug, .. } => Some(slug),
            Next::Stop(_) => None,
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        let fit: Vec<Slug> = sketches
            .iter()
            .enumerate()
            .filter(|(_, sketch)| may_be_worked_on(sketch))
            .map(|(index, _)| slug(index))
            .collect();
        match &chosen {
            Some(slug) => prop_assert!(fit.contains(slug)),
            None => prop_assert!(fit.is_empty(), "{fit:?}"),
        }
        // The queue says the same, of each migration once.
        let entries = queue(&scene.world(), &scene.gate);
        prop_assert_eq!(entries.len(), sketches.len());
        let first = entries.first().filter(|it| !matches!(it.stand, Stand::NotNow(_)));
        prop_assert_eq!(first.map(|it| it.slug.clone()), chosen);
    }

    /// Whatever agents do, each thing is tried a bounded number of times.
    #[test]
    fn a_run_comes_to_its_end_whatever_agents_do(
        sketches in prop::collection::vec(sketch(), 0..6),
        targets in 0usize..4,
        whims in prop::collection::vec(0u8..6, 400),
        count in prop::option::of(0u32..8),
        jobs in 1usize..5,
    ) {
        let mut scene = Scene::of(&sketches);
        scene.source = Source::Finite(
            (0..targets)
                .map(|n| Target::plain(n.to_string(), TargetProvenance::Targets, Vec::new()))
                .collect(),
        );
        scene.limits.actions = count;
        scene.limits.failures_in_a_row = Some(3);
        let mut calls: BTreeMap<Slug, u32> = BTreeMap::new();
        let mut landed: BTreeMap<Slug, u32> = BTreeMap::new();
        let mut under_way: Vec<Tried> = Vec::new();
        let mut rounds = 0;
        for whim in whims {
            let tried = match scene.next() {
                _ if under_way.len() == jobs => None,
                Next::Plan(slug) | Next::Phase { slug, .. } => Some(Tried::Migration(slug)),
                Next::Source { .. } => Some(Tried::Source),
                Next::Land(work) => {
                    scene.memory.remember(&Tried::Landing(work), &Outcome::Landed);
                    continue;
                }
                Next::Wait { .. } | Next::Stop(_) if under_way.is_empty() => break,
                Next::Wait { .. } | Next::Stop(_) => None,
            };
            if let Some(tried) = tried {
                prop_assert!(
                    tried == Tried::Source || !under_way.contains(&tried),
                    "two things at once for {tried:?}"
                );
                scene.memory.begin(&tried);
                if let Tried::Migration(slug) = &tried {
                    *calls.entry(slug.clone()).or_default() += 1;
                }
                under_way.push(tried);
                continue;
            }
            let tried = under_way.remove(usize::from(whim) % under_way.len());
            rounds += 1;
            let reason = "whim".to_owned();
            let outcome = match whim {
                0 | 1 => Outcome::Landed,
                2 => Outcome::Failed { reason, until: None },
                3 => Outcome::PutOff { reason, until: Some(hours(3)) },
                4 => Outcome::Waits { work: format!("w{rounds}"), reason },
                _ => Outcome::Unchanged,
            };
            if let Tried::Migration(slug) = &tried
                && outcome == Outcome::Landed
            {
                let steps = landed.entry(slug.clone()).or_default();
                *steps += 1;
                // No migration has more steps and phases than these here.
                if *steps == 10 {
                    scene.migrations.retain(|it| it.slug != *slug);
                }
            }
            scene.memory.remember(&tried, &outcome);
            if let Some(count) = count {
                prop_assert!(scene.memory.actions() <= count);
            }
        }
        for tried in under_way {
            scene.memory.remember(&tried, &Outcome::Unchanged);
        }
        prop_assert!(matches!(scene.next(), Next::Stop(_)));
        for (slug, calls) in calls {
            prop_assert!(calls <= landed.get(&slug).copied().unwrap_or(0) + 1, "{slug}");
        }
    }
}

#[test]
fn stamps_that_cannot_be_read_are_a_reason_and_no_panic() {
    let mut scene = Scene::of(&[Sketch::default()]);
    let text = r#"{"name":"m-00","created_at":"yesterday","last_touch":"x","status":"ready",
        "current_phase":"a","phases":[{"name":"a","file":"f","done":false,"precondition":"p"}]}"#;
    let manifest = Manifest::decode(text.as_bytes()).expect("a manifest");
    scene.migrations[0].seen = Seen::Known(Box::new(Known {
        manifest,
        own: OwnData::new(),
    }));
    let found = stand(&scene.world(), &scene.migrations[0]);
    assert!(
        matches!(&found, Stand::NotNow(NotNow::Broken { reason }) if reason.contains("created_at")),
        "{found:?}"
    );
    assert!(matches!(scene.next(), Next::Stop(_)));
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
    next(&world, &Open).next
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
