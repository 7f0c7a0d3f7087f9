//! Plans that wait for a person, from the command line.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};

/// A plan whose second review still has findings.
fn stuck() -> TestEnv {
    let env = TestEnv::planned(5);
    let mut script = env.one(
        "planning.review-2",
        "1. still no tests\n\nreview-verdict: findings",
    );
    script.extend(strings(&["--until", "ready"]));
    let ran = env.step(&script);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.contains("waits for a person")
            && ran.stderr.contains("migration review add-api"),
        "{}",
        ran.stderr
    );
    env.assert_in_order();
    env
}

#[test]
fn a_second_review_with_findings_goes_to_a_person_and_no_step_goes_past_one() {
    let env = stuck();
    let before = env.picture();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.stderr.contains("piton migration review add-api"),
        "{}",
        ran.stderr
    );

    let ran = env.run(&["migration", "review", SLUG]);
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(ran.stdout.contains("still no tests"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("migration approve"), "{}", ran.stdout);
    let json = env.run(&["migration", "review", SLUG, "--json"]).json();
    assert_eq!(json["awaiting_human_review"], true);
    assert_eq!(json["choices"], serde_json::json!(["refine", "reject"]));

    let ran = env.run(&["migration", "approve", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("has findings"), "{}", ran.stderr);
    assert!(env.picture() == before);
}

#[test]
fn refining_takes_a_stuck_plan_up_again() {
    let env = stuck();
    let mut arguments = strings(&[
        "migration",
        "refine",
        SLUG,
        "--message",
        "test the facade alone",
    ]);
    arguments.extend(env.script("good", GOOD));
    let ran = env.ok(&arguments);
    assert!(
        ran.stderr.contains("asking script for revise"),
        "{}",
        ran.stderr
    );
    let shown = env.show(SLUG);
    assert_eq!(shown["awaiting_human_review"], false);
    assert_eq!(shown["planning"]["next_step"], "review-2");
    assert_eq!(
        shown["planning"]["feedback"][0]["text"],
        "test the facade alone"
    );
    env.assert_in_order();
}

#[test]
fn a_rejected_plan_stays_as_a_record() {
    for env in [stuck(), TestEnv::waiting(), TestEnv::planned(2)] {
        let blank = env.run(&["migration", "reject", SLUG, "--reason", " "]);
        assert_eq!(blank.code, 2, "{}", blank.shown());
        let _ = env.ok(&["migration", "reject", SLUG, "--reason", "not worth it"]);
        assert_eq!(env.show(SLUG)["status"], "skipped");
        let note = env.repo.read("migrations/add-api/intentional-skip.md");
        assert!(note.contains("not worth it"), "{note}");
        env.assert_in_order();
        let before = env.picture();
        for command in ["step", "approve"] {
            let ran = env.run(&["migration", command, SLUG]);
            assert_eq!(ran.code, 2, "{}", ran.shown());
            assert!(ran.stderr.contains("skipped"), "{}", ran.stderr);
        }
        assert!(env.picture() == before);
    }
}

#[test]
fn an_approved_plan_is_ready() {
    let env = TestEnv::waiting();
    let shown = env.show(SLUG);
    assert_eq!(
        (&shown["status"], &shown["awaiting_human_review"]),
        (&"ready".into(), &true.into())
    );
    let rows = env.ok(&["migration", "list", "--awaiting-review", "--no-headers"]);
    assert!(
        rows.stdout.contains("touches the public API"),
        "{}",
        rows.stdout
    );
    let _ = env.ok(&["migration", "approve", SLUG]);
    let shown = env.show(SLUG);
    assert_eq!(
        (&shown["status"], &shown["awaiting_human_review"]),
        (&"ready".into(), &false.into())
    );
    assert_eq!(
        env.ok(&["migration", "list", "--awaiting-review", "--no-headers"])
            .stdout,
        ""
    );
    env.assert_in_order();
    let ran = env.run(&["migration", "approve", SLUG]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
}

#[test]
fn feedback_is_kept_when_the_agent_fails() {
    let env = TestEnv::planned(7);
    let mut arguments = strings(&["migration", "refine", SLUG, "--message", "smaller steps"]);
    arguments.extend(env.one(
        "planning.revise",
        "failure = \"crashed\"\nreply = \"it broke\"",
    ));
    let ran = env.run(&arguments);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let shown = env.show(SLUG);
    assert_eq!(shown["planning"]["feedback"][0]["text"], "smaller steps");
    assert_eq!(shown["planning"]["next_step"], "revise");
    env.assert_in_order();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let prompts = env.kept("runs");
    assert!(prompts.contains("smaller steps"));
}
