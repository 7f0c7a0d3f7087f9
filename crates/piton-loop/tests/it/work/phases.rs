//! What comes of a phase that an agent carries out.

use piton_agent::CallRole;
use piton_loop::work::accepted::Held;
use piton_loop::work::land::Brought;
use piton_loop::work::{End, Piece, Worked};
use piton_migration::manifest::Status;
use piton_migration::own::{DeferralCause, OWN_FILE, OwnData};
use piton_testkit::Replies;

use crate::as_script::around;
use crate::work::{Scene, phase_that_writes, scripted, taken};

#[test]
fn a_phase_lands_with_its_work_and_its_manifest_in_one_commit() {
    let scene = Scene::new();
    scene.scratch.write("notes.txt", "the user's\n");
    let work = taken(scene.phase(&phase_that_writes("tidy\n")));
    // Nothing of the user's has changed until it lands.
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\n");
    assert_eq!(scene.unlanded(), [Held::Work(Box::new(work.clone()))]);

    let brought = scene.bring(&work);
    assert!(
        matches!(
            brought,
            Brought::Landed {
                rebased: false,
                in_tree: true,
                ..
            }
        ),
        "{brought:?}"
    );
    assert_eq!(scene.scratch.status(), "?? notes.txt\n");
    assert_eq!(scene.scratch.read("src/lib.rs"), "tidy\n");
    assert_eq!(scene.manifest().current_phase_name(), "second");
    let message = scene.scratch.git(&["log", "-1", "--format=%B"]);
    for part in [
        "piton: migration/tidy/phase-1-first.md\n\nWhy:\nIt is tidier.\n\nValidation:\nsh check.sh\n\nPiton-Run: ",
        "\nPiton-Migration: tidy\n",
        "\nPiton-Phase: phase-1-first.md\n",
        "\nPiton-Agent: script\n",
        "\nPiton-Model: m-1\n",
        "\nPiton-Effort: low\n",
    ] {
        assert!(message.contains(part), "{part:?} in {message}");
    }
    let trailers = scene.scratch.git(&[
        "log",
        "-1",
        "--format=%(trailers:key=Piton-Migration,valueonly)",
    ]);
    assert_eq!(trailers.trim(), "tidy");
    assert_eq!(scene.unlanded(), []);
    // The last one ends the migration, although nothing had to be changed.
    let nothing = Replies::new()
        .begins()
        .says("phase.execute", "it holds already");
    let work = taken(scene.phase(&nothing));
    scene.bring(&work);
    assert_eq!(scene.manifest().status(), Status::Done);
    assert_eq!(
        scene.scratch.git(&["diff", "--name-only", "HEAD~1"]).trim(),
        "migrations/tidy/manifest.json"
    );
}

#[test]
fn a_red_phase_leaves_the_branch_as_it_was_but_for_a_note() {
    let mut scene = Scene::new();
    scene.tries = 2;
    let before = scene.head();
    for round in 1..=2 {
        let worked = scene.phase(&phase_that_writes("BROKEN\n"));
        let Worked::Failed {
            failure,
            until,
            note,
        } = worked
        else {
            panic!("{worked:?}");
        };
        assert!(failure.story.contains("src/lib.rs:BROKEN"), "{failure}");
        assert_eq!(until.is_some(), round == 2, "a second failure has to wait");
        scene.bring(&note.unwrap());
    }
    assert_eq!(scene.own().failures, 2);
    assert!(scene.manifest().cooldown_until().is_some());
    assert_eq!(scene.manifest().current_phase_name(), "first");
    let changed = scene.scratch.git(&["diff", "--name-only", before.as_str()]);
    assert_eq!(
        changed,
        "migrations/tidy/.planning/piton.json\nmigrations/tidy/manifest.json\n"
    );
    assert_eq!(scene.scratch.subjects()[0], "piton: failed tidy");
    let snapshots = scene.snapshots();
    assert_eq!(snapshots.len(), 4, "one for each try");
    assert!(snapshots[0].contains("failure_kind: \"validation-failed\""));
    assert!(snapshots[0].contains("checking"), "{}", snapshots[0]);
}

#[test]
fn a_second_try_starts_from_the_base_and_knows_of_the_first() {
    let mut scene = Scene::new();
    scene.tries = 2;
    let script = Replies::new()
        .begins()
        .says("phase.execute", "done")
        .field("prompt-contains", "This is try 2")
        .appends("src/lib.rs", "tidy\n")
        .says("phase.execute", "done")
        .writes("src/lib.rs", "BROKEN\n");
    let work = taken(scene.phase(&script));
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\ntidy\n");
    assert_eq!(scene.snapshots().len(), 1);
}

#[test]
fn a_phase_that_is_not_ready_is_put_off_in_a_commit() {
    let scene = Scene::new();
    let no = |why: &str| {
        Replies::new()
            .says("phase.ready-check", &format!("ready: {why}"))
            .writes("src/lib.rs", "written while asked to read")
    };
    let worked = scene.phase(&no("unverifiable — no fresh test evidence"));
    let Worked::PutOff {
        waits_for_person,
        until,
        note,
        ..
    } = worked
    else {
        panic!("{worked:?}");
    };
    assert!(
        !waits_for_person && until.is_some(),
        "tests are no matter for a person"
    );
    scene.bring(&note);
    assert_eq!(scene.scratch.subjects()[0], "piton: defer tidy");
    assert_eq!(scene.scratch.status(), "");
    assert_eq!(scene.scratch.read("src/lib.rs"), "fine\n");
    let worked = scene.phase(&no("unverifiable — has the release gone out?"));
    let Worked::PutOff {
        waits_for_person: true,
        note,
        ..
    } = worked
    else {
        panic!("{worked:?}");
    };
    scene.bring(&note);
    assert!(scene.manifest().awaiting_human_review());
}

#[test]
fn what_the_agent_does_to_piton_s_own_files_does_not_count() {
    let scene = Scene::new();
    let script = phase_that_writes("tidy\n")
        .writes("migrations/tidy/manifest.json", "mine")
        .writes("migrations/tidy/.planning/state.json", "mine")
        .writes("migrations/tidy/plan.md", "# Plan, corrected");
    scene.bring(&taken(scene.phase(&script)));
    assert_eq!(scene.manifest().current_phase_name(), "second");
    assert!(!scene.scratch.exists("migrations/tidy/.planning/state.json"));
    assert_eq!(
        scene.scratch.read("migrations/tidy/plan.md"),
        "# Plan, corrected"
    );
    for stray in ["migrations/other/plan.md", "piton.toml", ".piton/taste.md"] {
        let worked = scene.phase(&phase_that_writes("tidier\n").writes(stray, "mine"));
        let Worked::Failed { failure, .. } = &worked else {
            panic!("{worked:?}");
        };
        assert!(failure.story.contains(stray), "{}", failure.story);
        // What it wanted is kept for a person, where it is settings.
        let patch = failure.story.split("look at ").nth(1);
        let patch = patch.and_then(|rest| rest.split(',').next());
        assert_eq!(patch.is_some(), !stray.starts_with("migrations"), "{stray}");
        if let Some(patch) = patch {
            scene.scratch.git(&["apply", patch]);
            assert_eq!(scene.scratch.read(stray), "mine");
            assert!(
                !scene.scratch.read("src/lib.rs").contains("tidier"),
                "only the settings are offered"
            );
        }
    }
}

#[test]
fn an_agent_that_says_it_is_blocked_completes_no_phase() {
    let scene = Scene::new();
    let script = phase_that_writes("tidy\n").replace("decision: commit", "decision: blocked");
    let worked = scene.phase(&script);
    assert!(matches!(worked, Worked::Failed { .. }), "{worked:?}");
    assert_eq!(scene.manifest().current_phase_name(), "first");
}

#[test]
fn a_limit_of_the_provider_is_nobody_s_failure() {
    let scene = Scene::new();
    let script = Replies::new()
        .fails("phase.ready-check", "limit-reached", "used up")
        .field("until", "2026-06-02T00:00:00Z");
    let worked = scene.phase(&script);
    assert!(
        matches!(
            &worked,
            Worked::Ended(End::OutOfQuota { until: Some(_), .. })
        ),
        "{worked:?}"
    );
    assert_eq!(scene.unlanded(), []);
    assert_eq!(scene.snapshots().len(), 0);
}

#[test]
fn a_branch_that_an_agent_makes_while_it_is_only_asked_refuses_the_work_to_follow() {
    let scene = Scene::new();
    let repository = scene.scratch.path().to_owned();
    let agent = around(scripted(&phase_that_writes("tidy\n")), |call, _, play| {
        if call.role == CallRole::PhaseReadyCheck {
            let sneaky = repository.join(".git/refs/heads/sneaky");
            std::fs::copy(repository.join(".git/refs/heads/main"), sneaky).unwrap();
        }
        play()
    });
    let (piece, start) = (Piece::Phase(scene.slug.clone()), scene.start());
    let worked = scene.with_agent(&agent, &scene.clock, |shop, run| {
        piece.work(shop, run, &start)
    });
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    assert!(failure.story.contains("refs/heads/sneaky"), "{failure}");
}

#[test]
fn a_phase_that_is_done_ends_what_put_its_migration_off() {
    let scene = Scene::new();
    let mut own = OwnData::new();
    own.deferral = Some(DeferralCause::Failing {
        reason: "it was red".to_owned(),
    });
    let file = format!("migrations/tidy/{OWN_FILE}");
    let text = String::from_utf8(own.encode()).unwrap();
    scene.scratch.write(&file, &text);
    scene.scratch.commit_all("it failed");
    assert!(scene.own().deferral.is_some());
    let work = taken(scene.phase(&phase_that_writes("tidy\n")));
    scene.bring(&work);
    assert_eq!(scene.own().deferral, None);
}
