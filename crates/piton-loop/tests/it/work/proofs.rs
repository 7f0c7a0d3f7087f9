//! How a commit is proved, and what a proof is good for.

use std::time::Duration;

use piton_agent::sealing::SealTerms;
use piton_agent::{CallRole, Host, Limits};
use piton_base::Stop;
use piton_git::CommitId;
use piton_git::slot::Setup;
use piton_loop::slots::SetupCommand;
use piton_loop::validation::{Policy, ValidationCommand, Validator, Verdict};
use piton_loop::work::prove::{Proof, baseline, prove};
use piton_loop::work::{End, Piece, Shop, Worked};

use crate::work::{Scene, phase_that_writes, taken};

fn proof_of(scene: &Scene, commit: &CommitId) -> Proof {
    let role = CallRole::Validation;
    scene.with("", |shop, run| prove(shop, run, commit, role).unwrap())
}

#[test]
fn a_proof_names_what_only_the_user_s_tree_has_and_checks_often_need() {
    let scene = Scene::new();
    scene.scratch.write(".gitignore", "node_modules/\n");
    scene.scratch.write("vendor/dep.rs", "in both\n");
    scene.scratch.commit_all("what it needs");
    scene.scratch.write("node_modules/dep.js", "in one\n");
    let proof = proof_of(&scene, &scene.head());
    assert_eq!(proof.missing, ["node_modules"]);
}

#[test]
fn a_proof_that_was_red_at_first_is_counted_and_proves_nothing_for_later() {
    let scene = Scene::new();
    let tried = scene.slots.path().join("tried");
    let tried = tried.display();
    let text = format!("sh -c 'test -e {tried} || {{ touch {tried}; exit 1; }}'");
    let command = ValidationCommand::read(&text).unwrap();
    let (head, tree) = (scene.head(), tree_of(&scene, &scene.head()));
    let (flaky, again, counted) = scene.with("", |shop, run| {
        let shop = Shop {
            validator: Validator {
                command: command.as_ref(),
                policy: Policy {
                    attempts: 2,
                    ..Policy::default()
                },
                ..shop.validator.clone()
            },
            ..shop.clone()
        };
        let prove = || baseline(&shop, run, &head, &tree).unwrap();
        (prove(), prove(), run.summary().counts.flaky)
    });
    assert!(matches!(flaky.verdict, Verdict::Flaky { .. }), "{flaky:?}");
    assert!(again.record.is_some(), "it was proved anew: {again:?}");
    assert_eq!(counted, 1);
}

#[test]
fn what_was_proved_of_accepted_work_is_not_proved_again() {
    let scene = Scene::new();
    let work = taken(scene.phase(&phase_that_writes("tidy\n")));
    let tree = tree_of(&scene, &work.commit);
    let proof = scene.with("", |shop, run| {
        baseline(shop, run, &work.commit, &tree).unwrap()
    });
    let lasted = Duration::ZERO;
    assert_eq!(proof.verdict, Verdict::Green { lasted });
    assert_eq!(proof.record, None);
}

fn tree_of(scene: &Scene, commit: &CommitId) -> String {
    let tree = format!("{commit}^{{tree}}");
    scene.scratch.git(&["rev-parse", &tree]).trim().to_owned()
}

/// A set-up that is to be done in a scene.
fn set_up(terms: &SealTerms, words: &[&str]) -> SetupCommand {
    SetupCommand {
        setup: Setup {
            command: words.join(" "),
            inputs: Vec::new(),
        },
        words: words.iter().map(ToString::to_string).collect(),
        host: Host::new(std::env::vars_os()),
        limits: Limits::default(),
        terms: terms.clone(),
    }
}

/// Carries a phase out in slots that are set up like this.
fn worked(scene: &Scene, setup: SetupCommand, stop: &Stop) -> Worked {
    let (piece, start) = (Piece::Phase(scene.slug.clone()), scene.start());
    scene.with(&phase_that_writes("tidy\n"), |shop, run| {
        let mut slots = shop.slots.clone();
        slots.setup = Some(setup);
        let shop = Shop {
            slots: &slots,
            stop,
            ..shop.clone()
        };
        piece.work(&shop, run, &start)
    })
}

#[test]
fn a_stop_while_a_slot_is_set_up_is_no_failure_of_the_work() {
    let scene = Scene::new();
    let stop = Stop::default();
    stop.request();
    let setup = set_up(&SealTerms::off(), &["tail", "-f", "/dev/null"]);
    assert_eq!(worked(&scene, setup, &stop), Worked::Ended(End::Stopped));
    assert!(scene.prompts("phase.ready-check").is_empty());
    assert!(scene.snapshots().is_empty());
}

#[test]
fn a_set_up_that_is_sealed_writes_into_its_slot_and_nowhere_else() {
    let Some(scene) = Scene::sealed() else { return };
    let stop = Stop::default();
    let sealed = |script: &str| {
        let setup = set_up(&scene.terms, &["sh", "-c", script]);
        worked(&scene, setup, &stop)
    };
    let beside = scene.slots.path().join("beside");
    let outside = sealed(&format!("echo x > {}", beside.display()));
    assert!(matches!(outside, Worked::Failed { .. }), "{outside:?}");
    assert!(!beside.exists());
    let _ = taken(sealed("mkdir -p target && echo x > target/made"));
}
