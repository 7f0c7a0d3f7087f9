//! What holds of the next thing in whatever world.

use std::collections::BTreeMap;

use piton_base::Effort;
use piton_loop::deciding::memory::{Outcome, Tried};
use piton_loop::deciding::next::Next;
use piton_loop::deciding::queue::queue;
use piton_loop::deciding::stand::{NotNow, Stand, stand};
use piton_loop::deciding::world::{Known, Seen};
use piton_loop::targets::{Source, Target};
use piton_migration::manifest::Manifest;
use piton_migration::own::{DeferralCause, OwnData, TargetProvenance};
use piton_migration::slug::Slug;
use proptest::prelude::*;

use crate::deciding::{Scene, Sketch, hours, slug};

pub(super) fn sketch() -> impl Strategy<Value = Sketch> {
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
