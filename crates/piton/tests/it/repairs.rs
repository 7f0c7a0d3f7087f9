//! What the doctor mends.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG};

/// Repairs, and requires a commit, a sound migration and nothing to do after.
fn repair(env: &TestEnv, code: &str) {
    let found = env.run(&["migration", "doctor", "--all"]);
    assert!(found.stdout.contains(code), "{}", found.shown());
    let commits = env.repo.subjects().len();
    let ran = env.ok(&["migration", "doctor", "--repair"]);
    assert_eq!(env.repo.subjects().len(), commits + 1, "{}", ran.shown());
    assert_eq!(env.repo.subjects()[0], "piton: repair add-api");
    env.assert_in_order();
    env.assert_nothing_to_repair();
}

#[test]
fn a_manifest_of_another_name_is_mended_and_planning_goes_on() {
    let env = TestEnv::planned(1);
    env.edit_manifest("name", "something-else".into());
    env.repo.commit_all("broken");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr.contains("migration doctor add-api"),
        "{}",
        ran.stderr
    );
    repair(&env, "manifest-slug-mismatch");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_cursor_on_no_phase_is_put_on_the_first_that_is_not_done() {
    let env = TestEnv::planned(7);
    env.edit_manifest("current_phase", "".into());
    env.repo.commit_all("broken");
    let told = env.ok(&["status"]).stdout;
    let wrong = "add-api: its current phase is none of its phases";
    assert!(told.contains(wrong), "{told}");
    repair(&env, "invalid-current-phase");
    assert_eq!(env.show(SLUG)["current_phase"], "facade");
}

#[test]
fn references_that_were_moved_by_hand_are_pointed_home() {
    let env = TestEnv::planned(2);
    env.repo.git(&["mv", "migrations", "plans"]);
    let _ = env.ok(&["config", "set", "migrations-dir", "plans"]);
    env.repo.commit_all("moved by hand");
    repair(&env, "stage-reference-moved");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_repair_of_what_is_not_committed_is_left_to_be_committed() {
    let env = TestEnv::planned(1);
    env.edit_manifest("name", "something-else".into());
    let commits = env.repo.subjects().len();
    let ran = env.ok(&["migration", "doctor", "--repair"]);
    assert!(ran.stdout.contains("not committed"), "{}", ran.shown());
    assert_eq!(env.repo.subjects().len(), commits);
    assert_eq!(env.run(&["migration", "doctor", "--all"]).code, 0);
}

#[test]
fn what_only_a_person_can_mend_is_named_and_left_alone() {
    let env = TestEnv::planned(1);
    env.repo.write("migrations/broken/manifest.json", "{");
    env.repo.commit_all("broken");
    let before = env.picture();
    let ran = env.ok(&["migration", "doctor", "--repair"]);
    assert!(
        ran.stdout.contains("broken: invalid-manifest"),
        "{}",
        ran.shown()
    );
    assert!(env.picture() == before);
}
