//! What a merge or the like of the user's keeps from being done with stored plans.

use super::{calls, counted};
use crate::env::TestEnv;
use crate::stage::{SLUG, strings};

/// A plan that is kept in a directory, and is to be carried out on `main`.
fn with_plan() -> TestEnv {
    let env = TestEnv::planned(0);
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo.write("plan.txt", "Tidy it up.\n");
    let _ = env.ok(&["plan", "create", "--file", "plan.txt", "--title", "Tidy"]);
    let _ = env.ok(&["exec", "update-pr-header", "tidy", "branch_name=main"]);
    env.repo.commit_all("a plan");
    env
}

fn begin_a_merge(env: &TestEnv) {
    let head = env.repo.git(&["rev-parse", "HEAD"]);
    env.repo.write(".git/MERGE_HEAD", &head);
}

fn end_it(env: &TestEnv) {
    std::fs::remove_file(env.path().join(".git/MERGE_HEAD")).unwrap();
}

#[test]
fn a_merge_on_the_branch_of_a_stored_plan_keeps_it_from_being_carried_out_before_a_call() {
    let env = with_plan();
    begin_a_merge(&env);
    let before = env.repo.read("plans/tidy/plan.md");
    let implement = ["plan", "implement", "tidy", "--validation-command", "true"];
    let changes = format!("echo x >>{}/x", "$PITON_WORKSPACE");
    let ran = env.run(&[strings(&implement), counted(&env, &changes)].concat());
    assert_eq!((ran.code, calls(&env)), (3, 0), "{}", ran.shown());
    for told in [
        "a merge is under way",
        "git merge --abort",
        "nothing was changed",
    ] {
        assert!(ran.stderr.contains(told), "{}", ran.shown());
    }
    assert_eq!(env.repo.read("plans/tidy/plan.md"), before);
    end_it(&env);
    let ran = env.run(&[strings(&implement), counted(&env, &changes)].concat());
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_merge_that_the_user_begins_while_a_stored_plan_is_carried_out_ends_it_with_3_and_it_goes_on() {
    let env = with_plan();
    let top = env.path().display();
    let merges = format!("git -C {top} rev-parse HEAD >{top}/.git/MERGE_HEAD; exit 9");
    let implement = ["plan", "implement", "tidy", "--validation-command", "true"];
    let implement = [&implement[..], &["--max-attempts", "2"]].concat();
    let ran = env.run(&[strings(&implement), counted(&env, &merges)].concat());
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(ran.shown().contains("git merge --abort"), "{}", ran.shown());
    end_it(&env);
    let changes = format!("echo x >>{}/x", "$PITON_WORKSPACE");
    let ran = env.run(&[strings(&implement), counted(&env, &changes)].concat());
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn in_the_middle_of_a_merge_a_migration_is_not_shared_by_half() {
    let env = with_plan();
    begin_a_merge(&env);
    let ran = env.run(&["migration", "share", SLUG]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert_eq!(env.repo.status(), "", "{}", ran.shown());
    end_it(&env);
    let _ = env.ok(&["migration", "share", SLUG]);
}

#[test]
fn what_a_maintainer_asked_for_in_the_middle_of_a_merge_is_done_afterwards() {
    let env = with_plan();
    let _ = env.ok(&["migration", "share", SLUG]);
    let listed = env.ok(&["plan", "list", "--json"]).json();
    let ids = listed["plans"].as_array().unwrap().iter();
    let mut ids = ids.filter_map(|plan| plan["id"].as_str());
    let plan = ids.find(|id| *id != "tidy").unwrap().to_owned();
    let _ = env.ok(&["plan", "comment", &plan, "--text", "/piton reject no"]);
    begin_a_merge(&env);
    let ran = env.run(&["plan", "sync"]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.shown().contains("a merge is under way"),
        "{}",
        ran.shown()
    );
    end_it(&env);
    let ran = env.ok(&["plan", "sync"]);
    assert_eq!(env.show(SLUG)["status"], "skipped", "{}", ran.shown());
}
