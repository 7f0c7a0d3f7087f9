//! What comes of work around its call: what lasts too long, what is told of an
//! end, what a hook only says, and what waits of a plan.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use piton_agent::CallEvent;
use piton_loop::deciding::limits::Limits as RunLimits;
use piton_loop::validation::{Policy, Validator};
use piton_loop::work::land::{Brought, bring};
use piton_loop::work::{Shop, Worked};
use piton_testkit::Replies;
use serde_json::Value;

use super::{Scene, phase_that_writes, piece, refactor_that_writes, scripted, setup, taken};
use crate::as_script::around;
use crate::hand_clock::HandClock;

fn events(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn that_a_run_has_no_time_left_is_not_told_while_a_call_goes_on() {
    let scene = Scene {
        limits: RunLimits {
            seconds: Some(60),
            ..RunLimits::default()
        },
        ..Scene::new()
    };
    let clock = HandClock::default();
    let script = scripted(&refactor_that_writes("better\n", "done"));
    let agent = around(script, |_, events, play| {
        clock.go_on(Duration::from_secs(61));
        events.event(CallEvent::Progress {
            usage: None,
            cost_usd: Some(0.5),
            doing: Some("works"),
        });
        play()
    });
    let start = scene.start();
    scene.with_agent(&agent, &clock, |shop, run| {
        let worked = piece().work(shop, run, &start);
        assert!(matches!(worked, Worked::Accepted(_)), "{worked:?}");
        let told = events(&run.dir().events());
        assert!(told.iter().any(|event| event["event"] == "call_progress"));
        assert!(
            told.iter().all(|event| event["event"] != "warned"),
            "{told:?}"
        );
    });
}

#[test]
fn a_call_that_ended_without_a_failure_says_in_the_record_why() {
    let scene = Scene::new();
    let script = Replies::new().fails("refactor", "limit-reached", "used up");
    let start = scene.start();
    scene.with(&script, |shop, run| {
        let worked = piece().work(shop, run, &start);
        assert!(matches!(worked, Worked::Ended(_)), "{worked:?}");
        let told = events(&run.dir().events());
        let ended = told.iter().find(|event| event["event"] == "call_finished");
        assert_eq!(ended.unwrap()["summary"], "used up");
    });
}

#[test]
fn work_that_cannot_be_proved_again_waits_and_says_what_was_in_the_way() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.scratch.write("src/other.rs", "the user's\n");
    scene.scratch.commit_all("meanwhile");
    let script = "echo no network here; exit 7";
    let brought = scene.with("", |shop, run| {
        let mut slots = shop.slots.clone();
        slots.setup = Some(setup(script));
        let shop = Shop {
            slots: &slots,
            ..shop.clone()
        };
        bring(&shop, run, &work).unwrap()
    });
    let Brought::Waits { reason, .. } = brought else {
        panic!("{brought:?}");
    };
    assert!(
        reason.starts_with("it could not be validated again: "),
        "{reason}"
    );
    assert!(reason.contains("no network here"), "{reason}");
    assert_eq!(scene.unlanded().len(), 1);
}

#[test]
fn what_a_hook_only_says_in_the_message_is_in_the_commit_that_lands() {
    let scene = Scene::new();
    let signs = "#!/bin/sh\necho 'Signed-off-by: A Tester' >>\"$1\"\n";
    scene.scratch.hook("commit-msg", signs);
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    scene.bring(&work);
    let message = scene.scratch.git(&["log", "-1", "--format=%B"]);
    let signed = |line: &str| line == "Signed-off-by: A Tester";
    assert!(message.lines().any(signed), "{message}");
    // One that changes nothing leaves the commit as it was proved.
    scene.scratch.hook("commit-msg", "#!/bin/sh\nexit 0\n");
    let start = scene.start();
    scene.with(&refactor_that_writes("best\n", "done"), |shop, run| {
        let work = taken(piece().work(shop, run, &start));
        let told = events(&run.dir().events());
        let proved = told
            .iter()
            .find(|event| event["event"] == "validation_started");
        let proved = proved.unwrap()["commit"].as_str().unwrap();
        assert_eq!(proved, work.commit.short());
    });
}

#[test]
fn a_hook_is_ended_where_it_is_silent_or_at_work_for_longer_than_a_validation_may() {
    let short = Duration::from_millis(300);
    let silent = Policy {
        idle: short,
        ..Policy::default()
    };
    let long = Policy {
        deadline: short,
        ..Policy::default()
    };
    for (policy, hook) in [
        (silent, "#!/bin/sh\nexec tail -f /dev/null\n"),
        (long, "#!/bin/sh\nexec yes\n"),
    ] {
        let scene = Scene::new();
        scene.scratch.hook("pre-commit", hook);
        let start = scene.start();
        let worked = scene.with(&refactor_that_writes("better\n", "done"), |shop, run| {
            let shop = Shop {
                validator: Validator {
                    command: None,
                    policy,
                    ..shop.validator.clone()
                },
                ..shop.clone()
            };
            piece().work(&shop, run, &start)
        });
        let Worked::Failed { failure, .. } = worked else {
            panic!("{worked:?}");
        };
        assert!(failure.story.contains("pre-commit"), "{failure}");
    }
}

#[test]
fn an_answer_whose_commit_a_hook_refused_is_kept_and_its_migration_is_left_as_it_is() {
    let scene = Scene::new();
    let (site, piece) = scene.planning();
    scene.scratch.hook("pre-commit", "#!/bin/sh\nexit 1\n");
    let start = scene.start();
    let (worked, told) = scene.with(&Replies::new().finds_ways(), |shop, run| {
        let worked = piece.work(shop, run, &start);
        (worked, events(&run.dir().events()))
    });
    let Worked::Failed {
        until: None,
        note: None,
        ..
    } = worked
    else {
        panic!("{worked:?}");
    };
    let kept = "the answer is kept: `piton migration step add-api` publishes it without a new \
                call, and so does the next run";
    assert!(told.iter().any(|event| event["text"] == kept), "{told:?}");
    let runs = fs::read_dir(site.candidates()).unwrap();
    let copies = runs.map(|run| fs::read_dir(run.unwrap().path()).unwrap().count());
    assert!(copies.sum::<usize>() > 0);
    // Nothing is kept of an answer that could not be used.
    let scene = Scene::new();
    let (site, piece) = scene.planning();
    let start = scene.start();
    let nothing = Replies::new().says("planning.approaches", "none");
    let (worked, told) = scene.with(&nothing, |shop, run| {
        let worked = piece.work(shop, run, &start);
        (worked, events(&run.dir().events()))
    });
    let Worked::Failed { note: Some(_), .. } = worked else {
        panic!("{worked:?}");
    };
    assert!(told.iter().all(|event| event["text"] != kept), "{told:?}");
    assert!(!site.candidates().exists());
}

#[test]
fn a_planning_call_is_known_by_its_migration() {
    let scene = Scene::new();
    let (_, piece) = scene.planning();
    let start = scene.start();
    let script = Replies::new().finds_ways();
    let slug = Mutex::new(None::<String>);
    let agent = around(scripted(&script), |call, _, play| {
        slug.lock().unwrap().clone_from(&call.slug);
        play()
    });
    scene.with_agent(&agent, &scene.clock, |shop, run| {
        taken(piece.work(shop, run, &start));
    });
    assert_eq!(slug.lock().unwrap().as_deref(), Some("add-api"));
}

#[test]
fn an_agent_that_can_be_held_to_a_schema_is_held_to_that_of_the_step() {
    let scene = Scene::new();
    let (_, piece) = scene.planning();
    let step = |script: &str, by_schema: bool| {
        let held = Mutex::new(None::<Value>);
        let agent = around(scripted(script), |call, _, play| {
            held.lock().unwrap().clone_from(&call.schema);
            play()
        });
        let agent = if by_schema { agent.by_schema() } else { agent };
        let start = scene.start();
        let worked = scene.with_agent(&agent, &scene.clock, |shop, run| {
            piece.work(shop, run, &start)
        });
        drop(agent);
        (worked, held.into_inner().unwrap())
    };
    let (worked, schema) = step(&Replies::new().finds_ways(), true);
    assert_eq!(schema, None, "the first step has none");
    scene.bring(&taken(worked));
    let chooses = Replies::new().says("planning.pick-best", "chosen: one");
    let (_, schema) = step(&chooses, false);
    assert_eq!(schema, None);
    let (_, schema) = step(&chooses, true);
    let schema = schema.unwrap().to_string();
    assert!(schema.contains("\"one\""), "{schema}");
}

#[test]
fn what_did_not_change_of_a_migration_is_in_no_commit_of_its_phase() {
    let scene = Scene::new();
    let work = taken(scene.phase(&phase_that_writes("tidy\n")));
    let shown = ["show", "--format=", "--name-only", work.commit.as_str()];
    assert_eq!(
        scene.scratch.git(&shown),
        "migrations/tidy/manifest.json\nsrc/lib.rs\n"
    );
}
