//! Accepted work as it is held, and the whole message of its commit.

use std::fs;

use piton_agent::CallRecord;
use piton_durable::RealDisk;
use piton_git::landing::Onto;
use piton_loop::work::accepted::{Held, notes};
use piton_loop::work::stored_plan::{StoredPlanWork, carry_out};
use piton_loop::work::{Accepted, Piece, Worked};
use piton_testkit::Replies;

use super::{Scene, phase_that_writes, refactor_that_writes, scripted, taken};
use crate::as_script::around;

/// The whole message of a commit, with the run's name left out.
fn message(scene: &Scene, work: &Accepted) -> String {
    let message = ["log", "-1", "--format=%B", work.commit.as_str()];
    let message = scene.scratch.git(&message);
    let run = work.name.split("-001").next().unwrap();
    message.trim_end().replace(run, "RUN")
}

/// Work as it is held, besides what only its commit can tell.
fn held(work: &Accepted) -> Accepted {
    Accepted {
        name: work.name.clone(),
        base: work.base.clone(),
        commit: work.commit.clone(),
        onto: Onto::Branch("main".to_owned()),
        subject: String::new(),
        slug: None,
        files: Vec::new(),
        validated: false,
    }
}

fn note_of(worked: Worked) -> Accepted {
    match worked {
        Worked::Failed { note, .. } => note.unwrap(),
        Worked::PutOff { note, .. } => note,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_phase_is_held_for_its_migration_and_its_commit_says_why_by_whom_and_for_how_much() {
    let scene = Scene::new();
    let agent = around(scripted(&phase_that_writes("tidy\n")), |_, _, play| {
        Ok(CallRecord {
            cost_usd: Some(0.5),
            answered_by: Some("m-9".to_owned()),
            ..play()?
        })
    });
    let (piece, start) = (Piece::Phase(scene.slug.clone()), scene.start());
    let work = taken(scene.with_agent(&agent, &scene.clock, |shop, run| {
        piece.work(shop, run, &start)
    }));
    let expected = Accepted {
        base: start.base.clone(),
        subject: "piton: migration/tidy/phase-1-first.md".to_owned(),
        slug: Some("tidy".to_owned()),
        validated: true,
        ..held(&work)
    };
    assert_eq!(work, expected);
    assert_eq!(
        message(&scene, &work),
        "piton: migration/tidy/phase-1-first.md\n\nWhy:\nIt is tidier.\n\n\
         Validation:\nsh check.sh\n\n\
         Piton-Run: RUN\nPiton-Migration: tidy\nPiton-Phase: phase-1-first.md\n\
         Piton-Agent: script\nPiton-Model: m-9\nPiton-Effort: low\nPiton-Cost: 0.5000 USD"
    );
}

#[test]
fn a_phase_whose_agent_does_not_say_why_is_done_and_no_more() {
    let scene = Scene::new();
    let script = Replies::new().begins().says("phase.execute", "it holds");
    let work = taken(scene.phase(&script));
    assert_eq!(
        message(&scene, &work),
        "piton: migration/tidy/phase-1-first.md\n\nWhy:\nPhase first of tidy is done.\n\n\
         Validation:\nsh check.sh\n\n\
         Piton-Run: RUN\nPiton-Migration: tidy\nPiton-Phase: phase-1-first.md\n\
         Piton-Agent: script\nPiton-Model: m-1\nPiton-Effort: low"
    );
}

#[test]
fn a_planning_step_is_held_for_its_migration_and_leaves_no_copy_behind() {
    let scene = Scene::new();
    let (site, piece) = scene.planning();
    let start = scene.start();
    let script = Replies::new().finds_ways();
    let work = taken(scene.with(&script, |shop, run| piece.work(shop, run, &start)));
    let expected = Accepted {
        base: start.base.clone(),
        subject: "piton: planning/add-api/approaches".to_owned(),
        slug: Some("add-api".to_owned()),
        ..held(&work)
    };
    assert_eq!(work, expected);
    assert_eq!(
        message(&scene, &work),
        "piton: planning/add-api/approaches\n\nWhy:\nplanning.approaches accepted; next step: pick-best\n\napproaches: one, two\n\n\
         Piton-Run: RUN\nPiton-Migration: add-api\n\
         Piton-Agent: script\nPiton-Model: m-1\nPiton-Effort: low"
    );
    let copies = fs::read_dir(site.candidates()).map_or(0, |runs| {
        let runs = runs.map(|run| fs::read_dir(run.unwrap().path()).unwrap().count());
        runs.sum()
    });
    assert_eq!(copies, 0, "its commit holds it");
}

#[test]
fn a_note_about_a_migration_is_held_and_says_what_happened() {
    let scene = Scene::new();
    let no = Replies::new().says("phase.ready-check", "ready: no — first the parser");
    let failed = Replies::new()
        .begins()
        .fails("phase.execute", "crashed", "boom");
    for (script, verb, why) in [
        (no, "defer", "first the parser"),
        (failed, "failed", "the agent failed (exit code 1): boom"),
    ] {
        let start = scene.start();
        let note = note_of(scene.phase(&script));
        assert!(note.name.ends_with("-001-note"), "{}", note.name);
        let subject = format!("piton: {verb} tidy");
        let expected = Accepted {
            base: start.base.clone(),
            subject: subject.clone(),
            slug: Some("tidy".to_owned()),
            ..held(&note)
        };
        assert_eq!(note, expected);
        let said = message(&scene, &note);
        let end = "\n\nPiton-Run: RUN\nPiton-Migration: tidy";
        assert!(
            said.starts_with(&format!("{subject}\n\nWhy:\n{why}")),
            "{said}"
        );
        assert!(said.ends_with(end), "{said}");
        assert_eq!(said.matches("Piton-").count(), 2, "{said}");
    }
}

#[test]
fn a_stored_plan_is_held_for_no_migration_and_its_commit_names_it() {
    let scene = Scene::new();
    let start = scene.start();
    let work = StoredPlanWork {
        id: "42",
        title: "Tidy the\nparser",
        text: "Make the parser better.",
        leftovers: &[],
        start: start.clone(),
    };
    let script = refactor_that_writes("better\n", "done");
    let work = taken(scene.with(&script, |shop, run| carry_out(shop, run, &work)));
    let expected = Accepted {
        base: start.base.clone(),
        subject: "piton: Tidy the parser".to_owned(),
        validated: true,
        ..held(&work)
    };
    assert_eq!(work, expected);
    assert_eq!(
        message(&scene, &work),
        "piton: Tidy the parser\n\nWhy:\nCarries out the plan 42.\n\n\
         Validation:\nsh check.sh\n\n\
         Piton-Run: RUN\nPiton-Plan: 42\n\
         Piton-Agent: script\nPiton-Model: m-1\nPiton-Effort: low"
    );
}

#[test]
fn a_note_has_room_for_a_hundred_and_twenty_eight_kibibytes_of_names() {
    let scene = Scene::new();
    let work = taken(scene.refactor(&refactor_that_writes("better\n", "done")));
    // With the mark between two names a name takes 128 bytes.
    let files = (0..1100).map(|n| format!("{n:0127}"));
    let many = Accepted {
        files: files.collect(),
        ..work
    };
    many.hold(&RealDisk, &scene.repository(), &scene.state())
        .unwrap();
    assert_eq!(fs::read_dir(notes(&scene.state())).unwrap().count(), 1);
    let [Held::Work(held)] = &scene.unlanded()[..] else {
        panic!("it is held");
    };
    assert_eq!(held.files, many.files[..1024]);
}
