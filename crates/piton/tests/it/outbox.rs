//! One report that cannot be sent stands in the way of no other plan's.

use piton_testkit::forge::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};
use crate::stored::{BODY, Stored, add_plan};

/// A clone with local plans of these names.
fn with_plans(names: &[&str]) -> TestEnv {
    let env = TestEnv::staged();
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo.write("plan.txt", "Do it.\n");
    for name in names {
        let _ = env.ok(&["plan", "create", "--file", "plan.txt", "--title", name]);
    }
    env
}

/// Puts a directory where the text of a plan lies, so that it cannot be read;
/// returns what puts it right.
fn spoil<'a>(env: &'a TestEnv, plan: &str) -> impl FnOnce() + use<'a> {
    let text = env.path().join(format!("plans/{plan}/plan.md"));
    let aside = env.home.path().join("aside");
    std::fs::rename(&text, &aside).unwrap();
    std::fs::create_dir(&text).unwrap();
    move || {
        std::fs::remove_dir(&text).unwrap();
        std::fs::rename(&aside, &text).unwrap();
    }
}

fn told(env: &TestEnv, plan: &str, field: &str) -> Ran {
    env.run(&["exec", "update-pr-header", plan, field])
}

/// It could not be sent, and is kept.
fn assert_queued(ran: &Ran) {
    let answer: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(answer["queued"], json!(true), "{}", ran.shown());
}

/// What waits in the outbox, or was set aside there, by the end of its name.
fn left(env: &TestEnv, end: &str) -> usize {
    let entries = std::fs::read_dir(env.path().join(".git/piton/outbox")).unwrap();
    entries
        .filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|it| it == end)
        })
        .count()
}

#[test]
fn a_plan_that_cannot_be_written_holds_up_no_other_and_is_told_and_kept() {
    let env = with_plans(&["Stuck", "Ill", "Well"]);
    let mend_stuck = spoil(&env, "stuck");
    let ran = told(&env, "stuck", "objective_issue=7");
    assert_queued(&ran);
    // Another one waits behind it, for a reason that passes.
    let ill = env.path().join("plans/ill/plan.md");
    let text = std::fs::read(&ill).unwrap();
    std::fs::remove_file(&ill).unwrap();
    std::fs::create_dir(&ill).unwrap();
    let ran = told(&env, "ill", "objective_issue=8");
    assert_queued(&ran);
    std::fs::remove_dir(&ill).unwrap();
    std::fs::write(&ill, text).unwrap();

    let ran = told(&env, "well", "objective_issue=9");
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert!(
        ran.stderr.contains("a report to plan stuck waits"),
        "{}",
        ran.shown()
    );
    assert!(
        env.repo
            .read("plans/ill/plan.md")
            .contains("objective_issue: 8")
    );
    assert_eq!(left(&env, "json"), 1);
    let status = env.ok(&["status", "--json"]).json();
    let wrong = status["wrong"].to_string();
    assert!(wrong.contains("1 report to plan stuck waits"), "{wrong}");

    // What comes after it for the same plan keeps its place.
    let ran = told(&env, "stuck", "objective_issue=10");
    assert_queued(&ran);
    assert_eq!(left(&env, "json"), 2);
    mend_stuck();
    let ran = told(&env, "well", "learn_status=pending");
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert!(
        env.repo
            .read("plans/stuck/plan.md")
            .contains("objective_issue: 10")
    );
    assert_eq!((left(&env, "json"), left(&env, "refused")), (0, 0));
}

#[test]
fn a_report_to_a_plan_that_is_gone_is_told_of_and_set_aside_and_holds_up_no_other() {
    let env = with_plans(&["Gone", "Well"]);
    let _mend = spoil(&env, "gone");
    let ran = told(&env, "gone", "objective_issue=7");
    assert_queued(&ran);
    std::fs::remove_dir_all(env.path().join("plans/gone")).unwrap();
    let ran = told(&env, "well", "objective_issue=9");
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert!(
        ran.stderr.contains("a report to plan gone is set aside"),
        "{}",
        ran.shown()
    );
    assert_eq!((left(&env, "json"), left(&env, "refused")), (0, 1));
    let wrong = env.ok(&["status", "--json"]).json()["wrong"].to_string();
    assert!(
        wrong.contains("1 report that was refused is kept"),
        "{wrong}"
    );
}

#[test]
fn what_cannot_be_read_in_the_outbox_holds_up_only_what_may_follow_it() {
    let env = with_plans(&["Well", "Ill"]);
    let mend = spoil(&env, "ill");
    let ran = told(&env, "ill", "objective_issue=7");
    assert_queued(&ran);
    mend();
    let outbox = env.path().join(".git/piton/outbox");
    let entry = std::fs::read_dir(&outbox).unwrap().find_map(|entry| {
        let path = entry.unwrap().path();
        path.extension()
            .is_some_and(|it| it == "json")
            .then_some(path)
    });
    let waits = entry.unwrap();
    // A later piton wrote it, in a form of its own.
    let text = std::fs::read(&waits).unwrap();
    std::fs::write(&waits, r#"{"version": 9, "to": "ill"}"#).unwrap();
    let ran = told(&env, "well", "objective_issue=9");
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    let ran = told(&env, "ill", "objective_issue=10");
    assert_queued(&ran);
    std::fs::write(&waits, text).unwrap();
    let _ = told(&env, "well", "learn_status=pending");
    assert!(
        env.repo
            .read("plans/ill/plan.md")
            .contains("objective_issue: 10")
    );
    assert_eq!((left(&env, "json"), left(&env, "refused")), (0, 0));
}

#[test]
fn an_issue_that_github_fails_at_holds_up_no_other() {
    let stored = Stored::new().with_folder(".impl");
    let number = stored.plan.to_string();
    let other = stored.fake.world(|world| add_plan(world, BODY)).to_string();
    let path = format!("/issues/{number}");
    let fault = Fault::new("", &path, FaultKind::Status(502, "{}"));
    stored.fake.fault(fault.times(u32::MAX));
    let ran = stored.run(&["exec", "update-pr-header", &number, "objective_issue=7"]);
    assert_queued(&ran);
    let ran = stored.run(&["exec", "update-pr-header", &other, "objective_issue=8"]);
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert!(
        ran.stderr
            .contains(&format!("a report to plan {number} waits")),
        "{}",
        ran.shown()
    );
}
