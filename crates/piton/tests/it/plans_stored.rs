//! `piton plan`: stored plans, for people and for programs.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::env::TestEnv;
use crate::stored::{BODY, Stored};

#[test]
fn a_text_is_changed_without_any_network_and_printed_byte_for_byte() {
    let env = TestEnv::new();
    let body = format!("\u{1b}[1mours\u{1b}[0m\r\n{BODY}");
    env.repo.write("body.md", &body);
    let update = |patch: &str| env.run(&["plan", "update", "--file", "body.md", "--patch", patch]);
    let ran = update("{}");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, body.as_str()));
    let ran = update(r#"{"last_dispatched_at": "t", "branch_name": null, "created_by": "evil"}"#);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stdout,
        body.replace(
            "last_dispatched_at: null\n",
            "last_dispatched_at: t\nbranch_name: null\n"
        )
    );
    assert!(
        ran.stderr.contains("created_by is set once"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        std::fs::read_to_string(env.path().join("body.md")).unwrap(),
        body
    );

    let ran = update(r#"{"nope": 1, "also": 2}"#);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("Unknown fields: also, nope"),
        "{}",
        ran.stderr
    );
    let ran = update("[]");
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stdout, "");

    let mut child = env
        .command(&["plan", "update", "--file", "-", "--patch", "{}", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(BODY.as_bytes())
        .unwrap();
    let ran = env.finish(child.wait_with_output().unwrap());
    assert_eq!(
        ran.json(),
        json!({"format": 1, "changed": [], "text": BODY})
    );
}

#[test]
fn a_text_is_checked_without_any_network() {
    let env = TestEnv::new();
    env.repo.write("good.md", BODY);
    env.repo.write("none.md", "# nothing");
    env.repo.write("two.md", &format!("{BODY}\n{BODY}"));
    let ran = env.run(&["plan", "check", "--file", "good.md"]);
    assert_eq!(
        ran.stdout,
        "[PASS] there is one plan-header\n[PASS] the header is valid\n[PASS] the text is not too long\n"
    );
    assert_eq!(ran.code, 0);
    let ran = env.run(&["plan", "check", "--file", "good.md", "--json"]);
    let found = ran.json();
    assert_eq!(found["plan_header_found"], json!(true));
    assert_eq!(found["plan_header_valid"], json!(true));
    assert_eq!(found["raw_blocks"][0]["key"], json!("plan-header"));
    assert_eq!(
        found["yaml_blocks"][0]["data"]["created_by"],
        json!("octo-dev")
    );
    assert_eq!(found["pr_plan_content_is_whole_body"], json!(true));
    let ran = env.run(&["plan", "check", "--file", "none.md"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout
            .starts_with("[FAIL] there is one plan-header: plan-header block not found\n")
    );
    let ran = env.run(&["plan", "check", "--file", "two.md"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout
            .contains("more than one plan-header (lines 2, 25)"),
        "{}",
        ran.stdout
    );
    assert_eq!(env.run(&["plan", "check", "--file", "gone.md"]).code, 2);
}

#[test]
fn a_folder_tells_its_plan_without_any_network() {
    let stored = Stored::new().with_folder(".impl");
    let ran = stored.run(&["plan", "resolve", "--folder", ".impl"]);
    assert_eq!(ran.stdout, format!("{}\n", stored.plan));
    let ran = stored.run(&["plan", "resolve", "--folder", ".impl", "--json"]);
    assert_eq!(ran.json()["provider"], json!("github"));
    assert!(stored.fake.log().is_empty());
    let ran = stored.run(&["plan", "resolve"]);
    assert_eq!(ran.stdout, format!("{}\n", stored.plan));
    assert_eq!(stored.run(&["plan", "resolve", "--folder", "gone"]).code, 2);
    stored.env.repo.write(".worker-impl/ref.json", "[]");
    let ran = stored.run(&["plan", "resolve", "--folder", ".worker-impl"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("no object"), "{}", ran.stderr);
}

#[test]
fn plans_are_listed_shown_checked_and_told_of() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let ran = stored.run(&["plan", "list"]);
    assert_eq!(
        ran.stdout,
        format!("plan\tstage\tstate\tbranch\ttitle\n{plan}\t-\topen\t-\t[erk-plan] Add a cache\n")
    );
    let ran = stored.run(&["plan", "list", "--json"]);
    assert_eq!(ran.json()["plans"][0]["id"], json!(plan));

    let ran = stored.run(&["plan", "show", &format!("P{plan}")]);
    assert!(
        ran.stdout
            .starts_with(&format!("{plan}  [erk-plan] Add a cache\n"))
    );
    assert!(
        ran.stdout
            .contains("created_by                   octo-dev\n"),
        "{}",
        ran.stdout
    );
    let address = format!("https://github.com/acme/app/issues/{plan}");
    let ran = stored.run(&["plan", "show", &address, "--json"]);
    assert_eq!(ran.json()["header"]["created_by"], json!("octo-dev"));

    let ran = stored.run(&["plan", "check", &plan]);
    assert_eq!(ran.code, 1, "it has no text");
    assert!(
        ran.stdout.contains("[FAIL] the plan has a text"),
        "{}",
        ran.stdout
    );

    assert_eq!(
        stored
            .run(&["exec", "update-pr-header", &plan, "branch_name=b"])
            .code,
        0
    );
    let ran = stored.run(&["plan", "log", &plan]);
    assert!(
        ran.stdout
            .contains("header-changed         branch_name=b\n"),
        "{}",
        ran.stdout
    );
    let ran = stored.run(&["plan", "log", &plan, "--json"]);
    assert_eq!(
        ran.json()["events"][0]["event_type"],
        json!("header-changed")
    );

    let ran = stored.run(&["plan", "show", "999"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("plan 999 not found"), "{}", ran.stderr);
    let ran = stored.run(&["plan", "show"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("could not tell which plan is meant"),
        "{}",
        ran.stderr
    );
}
