//! Planning from nothing to a plan that is ready, and every way to get stuck.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};

const STEPS: [&str; 7] = [
    "approaches",
    "pick-best",
    "expand",
    "review",
    "revise",
    "review-2",
    "final-review",
];

#[test]
fn a_migration_is_planned_from_nothing_a_step_and_a_commit_at_a_time() {
    let env = TestEnv::staged();
    let ran = env.ok(&["migration", "new", SLUG, "--target", "Put an API in front"]);
    assert!(
        ran.stderr.contains("piton migration step add-api"),
        "{}",
        ran.stderr
    );
    let script = env.script("good", GOOD);
    for step in STEPS {
        assert_eq!(env.cursor(), step);
        let ran = env.step(&script);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        env.assert_in_order();
        let message = env.repo.git(&["log", "-1", "--format=%B"]);
        let (subject, why) = message.split_once("\n\n").unwrap();
        assert_eq!(subject, format!("piton: planning/add-api/{step}"));
        let accepted = format!("Why:\nplanning.{step} accepted;");
        let decided = "Why:\nsmall and safe";
        assert!(
            why.starts_with(&accepted) || step == "final-review" && why.starts_with(decided),
            "{why}"
        );
    }
    let shown = env.show(SLUG);
    assert_eq!(shown["status"], "ready");
    assert_eq!(shown["current_phase"], "facade");
    let again = env.step(&script);
    assert_eq!(again.code, 2, "{}", again.shown());
    assert!(again.stderr.contains("refine add-api"), "{}", again.stderr);
}

/// Starts a migration and plans it to its end.
fn new_until_ready(env: &TestEnv) -> Vec<String> {
    let mut arguments = strings(&[
        "migration",
        "new",
        SLUG,
        "--target",
        "x",
        "--until",
        "ready",
    ]);
    arguments.extend(env.script("good", GOOD));
    arguments
}

#[test]
fn until_ready_makes_all_the_steps() {
    let env = TestEnv::staged();
    let ran = env.ok(&new_until_ready(&env));
    assert!(ran.stderr.contains("add-api is ready"), "{}", ran.stderr);
    assert_eq!(env.repo.subjects().len(), 3 + 1 + STEPS.len());
    env.assert_in_order();
}

#[test]
fn until_ready_prints_one_document_with_json() {
    let env = TestEnv::staged();
    let mut arguments = new_until_ready(&env);
    arguments.push("--json".into());
    let document = env.ok(&arguments).json();
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1 + STEPS.len());
    assert_eq!(steps[7]["plan"]["command"], "migration step add-api");
    assert_eq!(document["slug"], SLUG);
    assert_eq!(document["status"], "ready");
    assert_eq!(document["next"]["kind"], "phase");
    assert_eq!(
        document["commit"],
        env.repo.git(&["rev-parse", "HEAD"]).trim()
    );
    assert_eq!(document["run"], steps[7]["run"]);
}

#[test]
fn what_fails_on_the_way_is_in_the_one_document_too() {
    let env = TestEnv::planned(0);
    let mut arguments = strings(&["migration", "step", SLUG, "--until", "ready", "--json"]);
    arguments.extend(env.one("planning.approaches", "done"));
    let ran = env.run(&arguments);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert_eq!(ran.error()["kind"], "io");
    assert_eq!(ran.json()["status"], "planning");

    let mut arguments = strings(&["migration", "refine", SLUG, "--message", "x", "--json"]);
    arguments.extend(strings(&[
        "--with",
        "command",
        "--agent-command",
        "/no/such/agent",
    ]));
    let ran = env.run(&arguments);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    let document = ran.json();
    assert_eq!(document["steps"].as_array().unwrap().len(), 1);
    assert_eq!(ran.error()["kind"], "usage");
}

#[test]
fn a_call_that_comes_to_nothing_leaves_everything_as_it_was() {
    let cases = [
        (
            "failure = \"crashed\"\nreply = \"it broke\"",
            1,
            "run again",
        ),
        ("failure = \"refused\"\nreply = \"I will not\"", 1, "refus"),
        (
            "failure = \"limit-reached\"\nreply = \"weekly limit\"\nuntil = \"2030-01-01T00:00:00Z\"",
            7,
            "2030-01-01",
        ),
        (
            "failure = \"authentication\"\nreply = \"not signed in\"",
            4,
            "sign in",
        ),
        ("failure = \"outage\"\nreply = \"overloaded\"", 1, "again"),
        ("reply = \"done, but wrote nothing\"", 1, "no approach"),
    ];
    let env = TestEnv::planned(0);
    let before = env.picture();
    for (reply, code, told) in cases {
        let ran = env.step(&env.one("planning.approaches", reply));
        assert_eq!(ran.code, code, "{reply}\n{}", ran.shown());
        assert!(ran.stdout.contains(told), "{reply}\n{}", ran.shown());
        assert!(
            ran.stdout.contains("record:  `piton runs show "),
            "{}",
            ran.shown()
        );
        assert!(env.picture() == before, "{reply} changed something");
    }
    let records = env.path().join(".git/piton/runs").read_dir().unwrap();
    let summaries: Vec<String> = records
        .filter_map(|entry| {
            std::fs::read_to_string(entry.unwrap().path().join("summary.json")).ok()
        })
        .collect();
    let ended = |status: &str| {
        summaries
            .iter()
            .filter(|text| text.contains(status))
            .count()
    };
    // Four calls failed and one met a limit; the sixth agent said that it was done.
    let all = ["agent_failed", "limit_reached", "migration_failed"];
    let counted = all.map(|status| ended(&format!("\"{status}\"")));
    assert_eq!(counted, [4, 1, 1]);
    assert_eq!(env.cursor(), "approaches");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_saved_step_is_made_later_and_refused_when_the_migration_moved_on() {
    let env = TestEnv::planned(1);
    let save = |name: &str| {
        let mut script = env.script("good", GOOD);
        let path = env.home.path().join(name).display().to_string();
        script.extend(["--plan-out".to_owned(), path.clone()]);
        let ran = env.step(&script);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        path
    };
    let (first, second) = (save("first.json"), save("second.json"));
    let _ = env.ok(&["apply", &first]);
    assert_eq!(env.cursor(), "expand");
    env.assert_in_order();
    let before = env.picture();
    let ran = env.run(&["apply", &second]);
    assert_eq!(ran.code, 5, "{}", ran.shown());
    assert!(env.picture() == before);
}

#[test]
fn a_choice_that_is_none_fails_the_step_and_names_what_there_is() {
    let env = TestEnv::planned(1);
    let before = env.picture();
    for reply in [
        "Chosen approach: a third way",
        "Chosen approach: facade and rewrite",
        "Chosen approach: facade\nChosen approach: rewrite",
    ] {
        let ran = env.step(&env.one("planning.pick-best", reply));
        assert_eq!(ran.code, 1, "{reply}\n{}", ran.shown());
        assert!(
            ran.stdout.contains("which are facade, rewrite"),
            "{reply}\n{}",
            ran.shown()
        );
    }
    assert_eq!(env.picture(), before);
}

#[test]
fn one_approach_alone_is_no_choice() {
    let env = TestEnv::planned(0);
    let edit = |name: &str, text: &str| {
        format!("[[step.edit]]\npath = \"approaches/{name}.md\"\nwrite = \"{text}\"\n")
    };
    let before = env.picture();
    for edits in [
        edit("facade", "a"),
        edit("facade", "a") + &edit("rewrite", " "),
        edit("facade", "a") + &edit("rewrite", "a\\n"),
    ] {
        let ran = env.step(&env.one("planning.approaches", &format!("reply = \"ok\"\n{edits}")));
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(
            ran.stdout
                .contains("one approach alone (facade), and a choice needs at least two"),
            "{}",
            ran.shown()
        );
    }
    assert_eq!(env.picture(), before);
}
