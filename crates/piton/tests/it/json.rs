//! The one document of every command.

use serde_json::json;

use crate::env::TestEnv;
use crate::stage::{SLUG, refine, strings};

#[test]
fn every_document_is_the_same_envelope() {
    let env = TestEnv::planned(1);
    let cases: &[&[&str]] = &[
        &["migration", "list"],
        &["migration", "show", SLUG],
        &["migration", "log", SLUG],
        &["migration", "diff", SLUG],
        &["migration", "open", SLUG],
        &["migration", "review", SLUG],
        &["migration", "doctor", "--all"],
        &["migration", "new", "--target", "x", "--dry-run"],
        &["status"],
        &["doctor"],
        &["config", "show"],
        &["config", "get", "migrations-dir"],
        &["config", "get", "agent.model"],
        &["prompt", "list"],
        &["prompt", "show", "expand"],
        &["runs", "list"],
        &["runs", "show"],
        &["runs", "prune", "--keep", "0", "--dry-run"],
        &["journal", "list"],
        &["taste"],
        &["init"],
        &["no-such-command"],
        &["migration", "show", "nothing-of-that-name"],
    ];
    for case in cases {
        let ran = env.run(&[case, &["--json"][..]].concat());
        let document = ran.document();
        let keys: Vec<&str> = document
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .filter(|key| *key != "error")
            .collect();
        assert_eq!(keys, ["command", "exit", "format", "result"], "{case:?}");
        assert_eq!(document["format"], "piton/1");
        assert_eq!(document["exit"], ran.code, "{case:?}");
        // The fields are compared with the documented ones.
        let _ = document["result"].is_object().then(|| ran.json());
    }
    let shown = env.ok(&["migration", "list", "--json"]).document();
    assert_eq!(shown["command"], "migration list");
    assert_eq!(env.ok(&["--json"]).document()["command"], "status");
}

#[test]
fn fields_are_picked_and_wrong_ones_are_refused_before_anything_is_done() {
    let env = TestEnv::planned(1);
    let list = env.ok(&["migration", "list", "--json=slug,status"]).json();
    assert_eq!(
        list,
        json!({"migrations": [{"slug": SLUG, "status": "planning"}]})
    );
    let show = env.ok(&["migration", "show", SLUG, "--json=status"]);
    assert_eq!(show.json(), json!({"status": "planning"}));

    let before = env.picture();
    let ran = env.run(&["migration", "new", "--target", "x", "--json=run,statu"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    let error = ran.error();
    assert_eq!(error["argument"], "statu");
    assert_eq!(error["suggestion"], "status");
    assert!(error["hints"][1].as_str().unwrap().contains("commit"));
    assert_eq!(env.picture(), before);
}

#[test]
fn an_error_keeps_the_argument_and_what_was_perhaps_meant() {
    let env = TestEnv::planned(0);
    for (words, argument, suggestion) in [
        ("migration show ad-api", "ad-api", "add-api"),
        ("migration shw x", "shw", "show"),
        ("migration list --jsn", "--jsn", "--json"),
        ("config get agent.modle", "agent.modle", "agent.model"),
        ("completions bsh", "bsh", "bash"),
    ] {
        let mut words: Vec<&str> = words.split(' ').collect();
        words.insert(0, "--json");
        let ran = env.run(&words);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        let error = ran.error();
        assert_eq!(error["kind"], "usage");
        assert_eq!(
            (&error["argument"], &error["suggestion"]),
            (&json!(argument), &json!(suggestion)),
            "{words:?}: {error:#}"
        );
    }
}

#[test]
fn what_is_missing_or_would_be_possible_stands_in_the_message() {
    let env = TestEnv::new();
    for (words, message, hint) in [
        (
            "migration show",
            "the following required arguments were not provided: <SLUG>",
            "see `piton migration show --help`",
        ),
        (
            "migration rename x",
            "the following required arguments were not provided: <NEW>",
            "see `piton migration rename --help`",
        ),
    ] {
        let mut words: Vec<&str> = words.split(' ').collect();
        words.push("--json");
        let error = env.run(&words).error();
        assert_eq!(error["message"], message);
        assert_eq!(error["hints"], json!([hint]));
    }
    let ran = env.run(&["migration", "list", "--status", "redy", "--json"]);
    let message = ran.error()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("ready") && !message.contains('\n'),
        "{message}"
    );
}

#[test]
fn a_prompt_is_embedded_only_where_payloads_are_wanted() {
    let env = TestEnv::planned(0);
    let mut arguments = strings(&["migration", "step", SLUG, "--dry-run", "--json"]);
    let calls = |ran: &crate::env::Ran| {
        let plan = ran.json()["plan"].clone();
        plan["actions"][0]["do"].to_string()
    };
    let short = calls(&env.ok(&arguments));
    assert!(short.contains("prompt_bytes"), "{short}");
    assert!(!short.contains("Put an API in front"), "{short}");
    arguments.push("-vv".into());
    let long = calls(&env.ok(&arguments));
    assert!(long.contains("Put an API in front"), "{long}");
}

#[test]
fn what_failed_stands_beside_the_result() {
    let env = TestEnv::planned(0);
    let mut arguments = strings(&["migration", "step", SLUG, "--json"]);
    arguments.extend(env.one(
        "planning.approaches",
        "failure = \"limit-reached\"\nreply = \"weekly limit\"\nuntil = \"2030-01-01T00:00:00Z\"",
    ));
    let ran = env.run(&arguments);
    assert_eq!(ran.code, 7, "{}", ran.shown());
    let error = ran.error();
    assert_eq!(error["kind"], "limit_reached");
    assert_eq!(error["until"], "2030-01-01T00:00:00Z");
    let result = ran.json();
    let run = result["run"].as_str().unwrap();
    let shown = env.ok(&["runs", "show", run, "--json=run,status"]).json();
    assert_eq!(shown["run"], run);
    assert_eq!(result["commit"], json!(null));
}

#[test]
fn every_command_about_a_migration_says_its_commit_and_what_is_next() {
    let env = TestEnv::planned(3);
    let head = || env.repo.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let told = |args: &[&str]| {
        let words = [args, &["--json"]].concat();
        let result = env.ok(&words).json();
        assert_eq!(result["commit"], head(), "{args:?}");
        result
    };
    let said = told(&refine("x"));
    assert_eq!(said["next"]["step"], "revise");
    assert_eq!(told(&["migration", "undo", SLUG])["status"], "planning");
    let said = told(&["migration", "rename", SLUG, "facade"]);
    assert_eq!(
        (&said["slug"], &said["status"]),
        (&json!("facade"), &json!("planning"))
    );
    let said = told(&["migration", "reject", "facade", "--reason", "x"]);
    assert_eq!(
        (&said["status"], &said["next"]["kind"]),
        (&json!("skipped"), &json!("nothing"))
    );
    let _ = told(&["migration", "reopen", "facade", "--message", "x"]);
    assert_eq!(
        told(&["migration", "archive", "facade"])["status"],
        json!(null)
    );
    let _ = env.ok(&["migration", "new", "b", "--target", "b"]);
    let _ = told(&["migration", "delete", "b"]);
}

#[test]
fn a_review_says_where_the_migration_stands() {
    let env = TestEnv::waiting();
    let ran = env.run(&["migration", "review", SLUG, "--json"]);
    assert_eq!(ran.code, 3);
    let result = ran.json();
    assert_eq!(result["status"], "ready");
    assert_eq!(result["next"]["kind"], "human-review");
}
