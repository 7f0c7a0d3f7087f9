//! What people take back, reopen, wake and link.

use piton_git::GitRead;
use piton_loop::clock::local_stamp;
use piton_loop::planning::person::{self, PersonRefusal, Undone};
use piton_migration::candidate::Proposal;
use piton_migration::manifest::{MANIFEST_FILE, Status};
use piton_migration::own::{DeferralCause, OWN_FILE, OwnData, PlanLink};
use piton_migration::planning::{Cursor, FeedbackSource, Step};
use serde_json::{Value, json};

use crate::world::{GOOD, World, one};

fn undo(world: &World) -> Result<Undone, PersonRefusal> {
    person::undo(&world.case(), &world.git)
}

fn reopen(world: &World, text: &str) -> Result<Proposal, PersonRefusal> {
    let feedback = (FeedbackSource::Message, text);
    person::reopen(
        &world.case(),
        &world.git,
        feedback,
        local_stamp(&world.clock),
    )
}

fn wake(world: &World) -> Result<Proposal, PersonRefusal> {
    person::wake(&world.case(), local_stamp(&world.clock))
}

/// Changes the manifest by hand, and commits that.
fn edit_manifest(world: &World, change: impl FnOnce(&mut Value)) {
    let path = format!("migrations/add-api/{MANIFEST_FILE}");
    let mut manifest: Value = serde_json::from_str(&world.repo.read(&path)).unwrap();
    change(&mut manifest);
    world.repo.write(&path, &manifest.to_string());
    world.repo.commit_all("by hand");
}

fn write_own(world: &World, change: impl FnOnce(&mut OwnData)) {
    let mut own = world.snapshot().own;
    change(&mut own);
    let text = String::from_utf8(own.encode()).unwrap();
    let path = format!("migrations/add-api/{OWN_FILE}");
    world.repo.write(&path, &text);
    world.repo.commit_all("noted");
}

fn rejected() -> World {
    let world = World::at(Step::FinalReview);
    let reply = "final-decision: reject — not worth it";
    world
        .step(&one("planning.final-review", reply, ""))
        .unwrap();
    world
}

#[test]
fn the_last_accepted_step_is_taken_back_with_what_came_after_it() {
    let world = World::new();
    world.step(GOOD).unwrap();
    let before = world.snapshot();
    let head = world.repo.git(&["rev-parse", "--short=12", "HEAD"]);
    world.step(GOOD).unwrap();
    world
        .repo
        .write("migrations/add-api/notes.md", "a person's\n");
    world.repo.commit_all("by hand");
    let undone = undo(&world).unwrap();
    let besides: Vec<&str> = undone
        .besides
        .iter()
        .map(|it| it.subject.as_str())
        .collect();
    assert_eq!(besides, ["by hand"], "and not the step itself");
    world.publish_proposal(undone.proposal);
    let after = world.snapshot();
    assert_eq!(after.contents, before.contents);
    assert_eq!(after.state.cursor(), Cursor::Step(Step::PickBest));
    let told = world.repo.git(&["log", "-1", "--format=%B"]);
    let as_of = format!(
        "Takes back planning.pick-best: this is what was accepted as of {}",
        &head.trim()[..7]
    );
    assert!(told.starts_with("piton: undo add-api\n"), "{told}");
    assert!(told.contains(&as_of), "{told}");
    // Once more, and then nothing is left.
    let undone = undo(&world).unwrap();
    world.publish_proposal(undone.proposal);
    assert_eq!(world.snapshot().state.completed(), []);
    let refused = undo(&world).unwrap_err();
    assert!(
        matches!(refused, PersonRefusal::NothingBefore { .. }),
        "{refused:?}"
    );
}

#[test]
fn nothing_is_taken_back_over_changes_that_are_not_committed() {
    let world = World::at(Step::Expand);
    edit_manifest(&world, |manifest| {
        manifest["cooldown_until"] = json!("2099-01-01T00:00:00.000+00:00");
    });
    let unsaved = |world: &World| {
        let note = "migrations/add-api/notes.md";
        world.repo.write(note, "unsaved\n");
    };
    unsaved(&world);
    let refused = undo(&world).unwrap_err();
    assert!(matches!(refused, PersonRefusal::Site(_)), "{refused:?}");
    let refused = wake(&world).unwrap_err();
    assert!(matches!(refused, PersonRefusal::Site(_)), "{refused:?}");
    let world = rejected();
    unsaved(&world);
    let refused = reopen(&world, "do it smaller").unwrap_err();
    assert!(matches!(refused, PersonRefusal::Site(_)), "{refused:?}");
}

#[test]
fn a_plan_with_phases_none_of_which_has_landed_is_taken_back_as_well() {
    let world = World::at(Step::FinalReview);
    let before = world.snapshot();
    assert!(!before.manifest.phases().is_empty());
    world.step(GOOD).unwrap();
    assert_eq!(world.snapshot().manifest.status(), Status::Ready);
    world.publish_proposal(undo(&world).unwrap().proposal);
    assert_eq!(world.snapshot().contents, before.contents);
}

#[test]
fn where_a_phase_has_landed_its_commits_are_named_and_nothing_is_taken_back() {
    let world = World::at(Step::FinalReview);
    world.step(GOOD).unwrap();
    edit_manifest(&world, |manifest| {
        manifest["phases"][0]["done"] = json!(true);
        manifest["current_phase"] = manifest["phases"][1]["name"].clone();
    });
    let landing = world.git.head().unwrap().unwrap();
    world.repo.write("migrations/add-api/notes.md", "later\n");
    world.repo.commit_all("a note");
    let refused = undo(&world).unwrap_err();
    let PersonRefusal::PhaseLanded { commits, .. } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(commits, [landing.short()]);
}

#[test]
fn what_was_rejected_is_taken_up_as_it_was_before_with_what_the_person_says() {
    let world = rejected();
    assert!(world.repo.exists("migrations/add-api/intentional-skip.md"));
    let blank = reopen(&world, " \n").unwrap_err();
    assert!(matches!(blank, PersonRefusal::Blank { .. }), "{blank:?}");
    world.publish_proposal(reopen(&world, "do it smaller").unwrap());
    let after = world.snapshot();
    assert_eq!(after.manifest.status(), Status::Planning);
    assert_eq!(after.state.cursor(), Cursor::Step(Step::Revise));
    assert_eq!(after.state.feedback().last().unwrap().text, "do it smaller");
    assert!(!world.repo.exists("migrations/add-api/intentional-skip.md"));
    assert_eq!(world.repo.subjects()[0], "piton: reopen add-api");
    let again = reopen(&world, "once more").unwrap_err();
    assert!(
        matches!(
            again,
            PersonRefusal::NotRejected {
                status: Status::Planning,
                ..
            }
        ),
        "{again:?}"
    );
}

#[test]
fn what_was_put_off_is_woken_whether_by_time_or_by_failures() {
    let world = World::new();
    let refused = wake(&world).unwrap_err();
    assert!(
        matches!(refused, PersonRefusal::Awake { .. }),
        "{refused:?}"
    );
    let at = json!("2099-01-01T00:00:00.000+00:00");
    for stamp in ["cooldown_until", "wake_up_on"] {
        edit_manifest(&world, |manifest| manifest[stamp] = at.clone());
        world.publish_proposal(wake(&world).unwrap());
        let manifest = world.snapshot().manifest;
        assert_eq!(manifest.cooldown_until(), None, "{stamp}");
        assert_eq!(manifest.wake_up_on(), None, "{stamp}");
        assert_eq!(world.repo.subjects()[0], "piton: wake add-api");
    }
    let retry_at = "2099-01-01T00:00:00Z".parse().unwrap();
    let reason = "red".to_owned();
    for noted in [
        (2, None, None),
        (0, Some(retry_at), None),
        (0, None, Some(DeferralCause::Failing { reason })),
    ] {
        write_own(&world, |own| {
            (own.failures, own.retry_at, own.deferral) = noted.clone();
        });
        world.publish_proposal(wake(&world).unwrap());
        let own = world.snapshot().own;
        let left = (own.failures, own.retry_at, own.deferral);
        assert_eq!(left, (0, None, None), "{noted:?}");
        assert!(own.target.is_some(), "what else was noted stays");
    }
}

#[test]
fn a_plan_that_is_ready_is_woken_when_it_was_put_off() {
    let world = World::at(Step::FinalReview);
    world.step(GOOD).unwrap();
    let awake = wake(&world).unwrap_err();
    assert!(matches!(awake, PersonRefusal::Awake { .. }), "{awake:?}");
    let at = json!("2099-01-01T00:00:00.000+00:00");
    edit_manifest(&world, |manifest| manifest["cooldown_until"] = at);
    world.publish_proposal(wake(&world).unwrap());
    let manifest = world.snapshot().manifest;
    assert_eq!(manifest.cooldown_until(), None);
    assert_eq!(manifest.status(), Status::Ready);
}

#[test]
fn a_plan_that_is_being_carried_out_is_not_refined() {
    for (status, phase) in [("in-progress", 0), ("in-progress", 1), ("ready", 1)] {
        let world = World::at(Step::FinalReview);
        world.step(GOOD).unwrap();
        edit_manifest(&world, |manifest| {
            manifest["status"] = json!(status);
            manifest["current_phase"] = manifest["phases"][phase]["name"].clone();
        });
        let feedback = (FeedbackSource::Message, "smaller");
        let now = local_stamp(&world.clock);
        let refused = person::refine(&world.case(), feedback, now).unwrap_err();
        let over = PersonRefusal::Over {
            verb: "refine",
            slug: world.slug.clone(),
            status: status.parse().unwrap(),
        };
        assert_eq!(refused.to_string(), over.to_string(), "{status} {phase}");
    }
}

#[test]
fn what_is_over_or_asks_a_person_is_not_woken() {
    let over = wake(&rejected()).unwrap_err();
    assert!(matches!(over, PersonRefusal::Over { .. }), "{over:?}");
    let world = World::at(Step::FinalReview);
    let reply = "final-decision: approve-needs-human - it is public";
    world
        .step(&one("planning.final-review", reply, ""))
        .unwrap();
    let asks = wake(&world).unwrap_err();
    assert!(matches!(asks, PersonRefusal::AsksPerson { .. }), "{asks:?}");
}

#[test]
fn the_plan_that_a_migration_is_told_of_in_is_noted_once() {
    let world = World::at(Step::Expand);
    let plan = PlanLink {
        backend: "local".to_owned(),
        id: "7".to_owned(),
    };
    let tried = || person::link(&world.case(), plan.clone());
    world.repo.write("migrations/add-api/notes.md", "unsaved\n");
    let refused = tried().unwrap_err();
    assert!(matches!(refused, PersonRefusal::Site(_)), "{refused:?}");
    std::fs::remove_file(world.live().join("notes.md")).unwrap();
    let link = || tried().unwrap();
    let before = world.snapshot();
    world.publish_proposal(link().expect("it is new"));
    let after = world.snapshot();
    assert_eq!(after.own.plan.as_ref(), Some(&plan));
    assert_eq!(after.own.target, before.own.target);
    assert_eq!(after.state, before.state);
    let told = world.repo.git(&["log", "-1", "--format=%B"]);
    assert!(told.starts_with("piton: share add-api\n"), "{told}");
    assert!(told.contains("It is shared as plan 7 (local)."), "{told}");
    assert!(link().is_none());
}
