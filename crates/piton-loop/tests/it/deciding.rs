//! The one next thing, whatever the world looks like.

mod gate;
mod limits;
mod properties;
mod waiting;
mod words;

use jiff::{SignedDuration, Timestamp};
use piton_base::Effort;
use piton_loop::deciding::gate::Gate;
use piton_loop::deciding::limits::Limits;
use piton_loop::deciding::memory::{Memory, Outcome, Tried};
use piton_loop::deciding::next::{Next, next};
use piton_loop::deciding::stand::Stand;
use piton_loop::deciding::stop::Stop;
use piton_loop::deciding::world::{Known, Seen, Standing, Unlanded, World};
use piton_loop::targets::Source;
use piton_migration::manifest::Manifest;
use piton_migration::own::{DeferralCause, OwnData};
use piton_migration::slug::Slug;
use serde_json::json;

use crate::deciding::waiting::waiting;

pub(super) fn now() -> Timestamp {
    "2026-06-10T12:00:00Z".parse().expect("an instant")
}

/// One migration, put into words.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) status: &'static str,
    pub(super) age_hours: i64,
    pub(super) awaits: bool,
    /// Hours from now at which the deferral ends.
    pub(super) put_off: Option<i64>,
    pub(super) cause: Option<DeferralCause>,
    pub(super) effort: Option<Effort>,
    pub(super) done: [bool; 2],
    pub(super) broken: bool,
    pub(super) refused: bool,
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

pub(super) fn hours(count: i64) -> Timestamp {
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
pub(super) struct Refusing(Vec<Slug>);

impl Gate for Refusing {
    fn refuses(&self, slug: &Slug, _stand: &Stand) -> Option<String> {
        self.0
            .contains(slug)
            .then(|| "it does not add up".to_owned())
    }
}

pub(super) struct Scene {
    pub(super) migrations: Vec<Standing>,
    pub(super) gate: Refusing,
    pub(super) source: Source,
    pub(super) limits: Limits,
    pub(super) memory: Memory,
    pub(super) unlanded: Vec<Unlanded>,
}

impl Scene {
    pub(super) fn of(sketches: &[Sketch]) -> Self {
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

    pub(super) fn world(&self) -> World<'_> {
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

    pub(super) fn next(&self) -> Next {
        next(&self.world(), &self.gate).next
    }
}

pub(super) fn slug(index: usize) -> Slug {
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
        next(&world, &Refusing(Vec::new())).next,
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
