//! A plan from nothing to ready, one accepted step at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use piton_durable::RealDisk;
use piton_loop::guard::{clear_kept, is_anything_kept};
use piton_loop::planning::accept::StepOutcome;
use piton_loop::planning::decide::StepDecision;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::sweep::sweep;
use piton_loop::planning::waiting::Waiting;
use piton_loop::work::accepted::{all, notes};
use piton_migration::consistency::Mode;
use piton_migration::manifest::Status;
use piton_migration::planning::Step;
use piton_testkit::{TapDisk, input_output};

use crate::world::{GOOD, World};

#[test]
fn a_migration_is_planned_from_nothing_to_ready() {
    let world = World::new();
    let outcomes: Vec<StepOutcome> = (0..7).map(|_| world.step(GOOD).unwrap().outcome).collect();
    assert_eq!(
        outcomes,
        [
            StepOutcome::Next(Step::PickBest),
            StepOutcome::Next(Step::Expand),
            StepOutcome::Next(Step::Review),
            StepOutcome::Next(Step::Revise),
            StepOutcome::Next(Step::Review2),
            StepOutcome::Next(Step::FinalReview),
            StepOutcome::Ready,
        ]
    );
    let subjects = world.repo.subjects();
    assert_eq!(
        subjects[..7],
        [
            "piton: planning/add-api/final-review",
            "piton: planning/add-api/review-2",
            "piton: planning/add-api/revise",
            "piton: planning/add-api/review",
            "piton: planning/add-api/expand",
            "piton: planning/add-api/pick-best",
            "piton: planning/add-api/approaches",
        ]
    );
    let snapshot = world.snapshot();
    assert_eq!(snapshot.manifest.status(), Status::Ready);
    for done in snapshot.state.completed() {
        let by = [&done.agent, &done.model, &done.effort].map(Option::as_deref);
        assert_eq!(by, [Some("script"), Some("m-1"), Some("low")]);
    }
    assert_eq!(snapshot.manifest.current_phase_name(), "facade");
    assert_eq!(snapshot.manifest.phases().len(), 2);
    assert_eq!(world.repo.status(), "");
    world.check(Mode::ReadyPublish);
    world.check(Mode::Doctor);
    world.check(Mode::ExecutionGate);
    assert!(matches!(
        world.decide(),
        Err(StepRefusal::NotPlanning { .. })
    ));
    let body = world.repo.git(&["log", "-1", "--format=%B"]);
    assert!(body.contains("\n\nWhy:\nsmall and safe"), "{body}");
    let message = |skip: &str| world.repo.git(&["log", "-1", skip, "--format=%B"]);
    assert_eq!(
        message("--skip=2").trim_end(),
        "piton: planning/add-api/revise\n\nWhy:\n\
         planning.revise accepted; next step: review-2\n\nphases: facade, tests"
    );
    assert_eq!(
        message("--skip=6").trim_end(),
        "piton: planning/add-api/approaches\n\nWhy:\n\
         planning.approaches accepted; next step: pick-best\n\napproaches: facade, rewrite"
    );
}

#[test]
fn every_step_is_told_what_was_accepted_before() {
    let world = World::new();
    for part in [
        "two to four approaches",
        "Write it anew.",
        "Chosen approach: facade",
        "# The plan",
        "1. phase 1 forgets the tests",
        "Check first that each of these points is settled",
        "approve-needs-human",
    ] {
        world.step(GOOD).unwrap();
        let prompt = world.last_prompt();
        assert!(prompt.contains(part), "{part}:\n{prompt}");
        assert!(prompt.contains("no changes to the grammar"));
        assert!(!prompt.contains(&world.repo.path().display().to_string()));
    }
}

#[test]
fn deciding_changes_nothing_and_says_the_same_twice() {
    let world = World::at(Step::Expand);
    let before = world.picture();
    let (one, two) = (world.decide().unwrap(), world.decide().unwrap());
    let made_of = |it: &StepDecision| (it.base.clone(), it.step, it.commit.clone());
    let asked = |it: &StepDecision| (it.prompt.clone(), it.schema.clone(), it.subject.clone());
    assert_eq!(made_of(&one), made_of(&two));
    assert_eq!(asked(&one), asked(&two));
    assert_eq!(world.picture(), before);
    assert!(one.notes.is_empty(), "{:?}", one.notes);
    world.repo.write("src/parse.rs", "// being edited\n");
    let noted = world.decide().unwrap();
    assert_eq!(made_of(&one), made_of(&noted));
    assert_eq!(asked(&one), asked(&noted));
    let noted = noted.notes;
    assert!(
        noted[0].contains("without your uncommitted changes"),
        "{noted:?}"
    );
}

#[test]
fn the_user_may_go_on_editing_while_an_agent_works() {
    let world = World::at(Step::Expand);
    world.repo.write("src/parse.rs", "// being edited\n");
    world.step(GOOD).unwrap();
    assert_eq!(world.repo.read("src/parse.rs"), "// being edited\n");
    assert!(!world.repo.git(&["show", "--stat"]).contains("parse.rs"));
}

#[test]
fn changes_to_a_migration_stop_its_step_whatever_git_ignores_elsewhere() {
    let world = World::at(Step::Expand);
    world.repo.write("target/built", "ignored\n");
    world.decide().unwrap();
    world
        .repo
        .write("migrations/add-api/notes.md", "a person's\n");
    let refused = world.decide().unwrap_err();
    assert!(
        matches!(refused, StepRefusal::Dirty { .. }),
        "what is published takes its place: {refused:?}"
    );
}

#[test]
fn an_answer_that_waits_is_kept_until_its_migration_has_gone_on() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let left = || std::fs::read_dir(world.site.candidates()).unwrap().count();
    // The candidate was made and never published; the next run keeps it.
    assert_eq!(left(), 1);
    world.step(GOOD).unwrap();
    assert!(made.candidate.dir.is_dir());
    Waiting::forget(&RealDisk, &world.site, &decision.base.slug, None).unwrap();
    sweep(&RealDisk, &world.site).unwrap();
    assert_eq!(left(), 0);
}

#[test]
fn an_answer_whose_piton_was_killed_after_the_publish_waits_no_longer() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let left = || std::fs::read_dir(world.site.candidates()).unwrap().count();
    sweep(&RealDisk, &world.site).unwrap();
    assert_eq!(left(), 1, "it is not published yet");
    let request = world.request(&made.candidate);
    let published = world.publisher(&RealDisk, |publisher| publisher.publish(&request));
    assert!(published.unwrap().commit.is_some());
    assert_eq!(left(), 1);
    sweep(&RealDisk, &world.site).unwrap();
    assert_eq!(left(), 0);
}

#[test]
fn a_candidate_can_be_written_down_and_published_later() {
    let world = World::new();
    let decision = world.decide().unwrap();
    let made = world.make(&decision, GOOD).unwrap();
    let written = serde_json::to_string(&made.candidate).unwrap();
    world.publish(&serde_json::from_str(&written).unwrap());
    assert_eq!(
        world.repo.subjects()[0],
        "piton: planning/add-api/approaches"
    );
}

#[test]
fn a_migrations_directory_that_was_moved_by_hand_is_known_by_the_next_step() {
    let mut world = World::at(Step::Expand);
    std::fs::create_dir_all(world.repo.path().join("docs")).unwrap();
    std::fs::rename(
        world.repo.path().join("migrations"),
        world.repo.path().join("docs/plans"),
    )
    .unwrap();
    world.repo.commit_all("moved by hand");
    let state = world.repo.path().join(".git/piton");
    world.site =
        piton_loop::planning::site::Site::new(world.repo.path(), "docs/plans", &state).unwrap();
    let decision = world.decide().unwrap();
    assert!(decision.prompt.contains("Chosen approach: facade"));
    let made = world.make(&decision, GOOD).unwrap();
    let kept = std::fs::read_to_string(made.candidate.dir.join(".planning/state.json")).unwrap();
    assert!(
        kept.contains("docs/plans/add-api/.planning/stages/"),
        "{kept}"
    );
    assert!(!kept.contains("\"migrations/add-api"), "{kept}");
}

#[test]
fn a_step_that_is_accepted_ends_what_put_its_migration_off() {
    let world = World::at(Step::Expand);
    let mut own = world.snapshot().own;
    own.failures = 2;
    own.retry_at = Some("2026-05-01T00:00:00Z".parse().unwrap());
    let path = format!("migrations/add-api/{}", piton_migration::own::OWN_FILE);
    let text = String::from_utf8(own.encode()).unwrap();
    world.repo.write(&path, &text);
    world.repo.commit_all("it failed twice");
    world.step(GOOD).unwrap();
    let own = world.snapshot().own;
    assert_eq!((own.failures, own.retry_at), (0, None));
}

#[test]
fn answers_are_kept_with_plain_line_ends() {
    let world = World::at(Step::PickBest);
    let script = "[[step]]\nreply = \"It is smaller.\\r\\n\\r\\nChosen approach: facade\\r\\n\"\n";
    world.step(script).unwrap();
    assert_eq!(
        world
            .repo
            .read("migrations/add-api/.planning/stages/pick-best.stdout.md"),
        "It is smaller.\n\nChosen approach: facade\n"
    );
}

#[test]
fn what_cannot_be_looked_at_is_not_taken_for_nothing_that_waits() {
    let world = World::new();
    let decision = world.decide().unwrap();
    world.make(&decision, GOOD).unwrap();
    let slug = &decision.base.slug;
    let find = || Waiting::find(&RealDisk, &world.site, slug, &decision.on);
    assert!(find().unwrap().is_some(), "an answer waits");
    for at in 1..12 {
        // The disk fails in the middle of looking.
        let count = AtomicUsize::new(0);
        let below = world.site.candidates();
        let failing = TapDisk::looking(RealDisk, move |path| {
            if path.starts_with(&below) && count.fetch_add(1, Ordering::SeqCst) >= at {
                return Err(input_output());
            }
            Ok(())
        });
        let found = Waiting::find(&failing, &world.site, slug, &decision.on);
        assert!(!matches!(found, Ok(None)), "{at}");
    }
    // A link to itself: it is there, and nobody can open it.
    let candidates = world.site.candidates();
    std::fs::rename(&candidates, candidates.with_extension("away")).unwrap();
    std::os::unix::fs::symlink(&candidates, &candidates).unwrap();
    let found = find();
    assert!(found.is_err(), "{found:?}");
    let state = world.site.state();
    assert!(all(&RealDisk, &world.git, state).unwrap().is_empty());
    std::os::unix::fs::symlink("unlanded", notes(state)).unwrap();
    let found = all(&RealDisk, &world.git, state);
    assert!(found.is_err(), "{found:?}");
    let guards = world.repo.path().join("guards");
    assert!(!is_anything_kept(&RealDisk, &guards));
    std::os::unix::fs::symlink("guards", &guards).unwrap();
    assert!(is_anything_kept(&RealDisk, &guards));
    let failures = world.repo.path().join("failures");
    let holder = crate::world::holder();
    let cleared = clear_kept(&RealDisk, &world.git, &guards, &failures, &holder);
    assert!(cleared.is_err(), "{cleared:?}");
}
