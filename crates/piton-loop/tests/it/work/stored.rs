//! A stored plan, carried out.

use piton_git::CommitId;
use piton_loop::work::Worked;
use piton_loop::work::stored_plan::{StoredPlanWork, carry_out};
use piton_testkit::Replies;

use crate::work::{Scene, refactor_that_writes, taken};

/// Carries a plan out whose files that only tell what to do are these.
fn carried_out(scene: &Scene, script: &str, leftovers: &[&str]) -> Worked {
    let work = StoredPlanWork {
        id: "42",
        title: "Tidy the parser",
        text: "Make the parser better.",
        leftovers,
        start: scene.start(),
    };
    scene.with(script, |shop, run| carry_out(shop, run, &work))
}

fn files_of(scene: &Scene, commit: &CommitId) -> String {
    let shown = ["show", "--format=", "--name-status", commit.as_str()];
    scene.scratch.git(&shown)
}

#[test]
fn a_stored_plan_is_carried_out_in_one_commit_that_names_it() {
    let scene = Scene::new();
    let work = taken(carried_out(
        &scene,
        &refactor_that_writes("better\n", "done"),
        &[],
    ));
    scene.bring(&work);
    assert_eq!(scene.scratch.subjects()[0], "piton: Tidy the parser");
    let message = scene.scratch.git(&["log", "-1", "--format=%B"]);
    for part in ["Carries out the plan 42.", "\nPiton-Plan: 42\n"] {
        assert!(message.contains(part), "{message}");
    }
    let [prompt] = &scene.prompts("refactor")[..] else {
        panic!("one call");
    };
    for part in ["Tidy the parser", "Make the parser better."] {
        assert!(prompt.contains(part), "{prompt}");
    }
}

#[test]
fn what_only_told_what_to_do_goes_with_the_work() {
    let scene = Scene::new();
    scene.scratch.write("plan/told.md", "what to do\n");
    scene.scratch.write("plan/dir/kept.md", "mine\n");
    scene.scratch.commit_all("a plan in the repository");
    let script = refactor_that_writes("better\n", "done").writes("plan/new.md", "notes\n");
    let leftovers = ["plan/told.md", "plan/new.md", "plan/dir", "plan/missing.md"];
    let work = taken(carried_out(&scene, &script, &leftovers));
    assert_eq!(
        files_of(&scene, &work.commit),
        "D\tplan/told.md\nM\tsrc/lib.rs\n"
    );
}

#[test]
fn a_plan_on_which_nothing_was_done_leaves_everything_as_it_is() {
    let scene = Scene::new();
    scene.scratch.write("plan.md", "what to do\n");
    scene.scratch.commit_all("a plan in the repository");
    let idle = Replies::new().says("refactor", "nothing to do");
    let worked = carried_out(&scene, &idle, &["plan.md"]);
    assert!(matches!(worked, Worked::Unchanged { .. }), "{worked:?}");
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn a_stored_plan_reaches_no_migration_and_says_how_to_try_again() {
    let scene = Scene::new();
    let script = refactor_that_writes("better\n", "done").writes("migrations/tidy/plan.md", "x");
    let worked = carried_out(&scene, &script, &[]);
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}");
    };
    let told = "the agent changed what it must not change: migrations/tidy/plan.md";
    assert_eq!(failure.story, told);
    let [snapshot] = &scene.snapshots()[..] else {
        panic!("one failure");
    };
    for part in [
        "Run `piton plan implement 42` again",
        "stored-plan",
        "`refactor` on Tidy the parser ended with",
    ] {
        assert!(snapshot.contains(part), "{snapshot}");
    }
}
