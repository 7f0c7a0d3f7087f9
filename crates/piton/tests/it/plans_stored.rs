//! `piton plan`: stored plans, for people and for programs.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::json;

use crate::env::TestEnv;
use crate::stage::SLUG;
use crate::stored::{BODY, Stored};

#[test]
fn where_no_place_for_plans_can_be_told_nothing_is_begun() {
    let env = TestEnv::planned(3);
    env.repo.write("plan.txt", "# Add a cache\n");
    env.repo.commit_all("a plan");
    let before = env.picture();
    for args in [
        &["plan", "create", "--file", "plan.txt"][..],
        &["plan", "create", "--file", "plan.txt", "--dry-run"],
        &["plan", "list"],
        &["plan", "show", "7"],
        &["plan", "close", "7"],
        &["migration", "share", SLUG],
    ] {
        let ran = env.run(args);
        assert_eq!(ran.code, 2, "{args:?} {}", ran.shown());
        assert!(
            ran.stderr.contains("piton config set plans.repository"),
            "{}",
            ran.shown()
        );
    }
    assert_eq!(env.picture(), before);
    assert!(!env.ok(&["journal", "list"]).stdout.contains("plan create"));
}

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
    assert_eq!(ran.json(), json!({"changed": [], "text": BODY}));
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
    assert!(ran.stderr.contains("not an object"), "{}", ran.stderr);
}

#[test]
fn plans_are_listed_shown_checked_and_told_of() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let ran = stored.run(&["plan", "list"]);
    assert_eq!(
        ran.stdout,
        format!(
            "plan\tstage\tstate\trun\tbranch\ttitle\n{plan}\t-\topen\t-\t-\t[erk-plan] Add a cache\n"
        )
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
    assert!(ran.stderr.contains("no plan is named"), "{}", ran.stderr);
}

const PLAN: &str = "# Plan: Add a cache\n\n- [ ] one\n\n<details>\n\n- [ ] two\n\n</details>\n";

/// Makes a plan with a backend and returns its id.
fn made(stored: &Stored, backend: &str) -> String {
    stored.env.repo.write("plan.md", PLAN);
    stored
        .env
        .repo
        .write("piton.toml", &format!("[plans]\nbackend = \"{backend}\"\n"));
    let requests = stored.fake.log().len();
    let args = ["plan", "create", "--file", "plan.md", "--objective", "7"];
    let dry = stored.run(&[&args[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 0, "{}", dry.shown());
    assert!(
        dry.stdout.contains("make the plan `Add a cache`"),
        "{}",
        dry.stdout
    );
    assert_eq!(stored.fake.log().len(), requests, "a dry run makes nothing");
    let ran = stored.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let listed = stored.run(&["plan", "list", "--json"]).json();
    let plans = listed["plans"].as_array().unwrap();
    let plan = plans
        .iter()
        .find(|plan| {
            plan["title"].as_str().unwrap().ends_with("Add a cache")
                && plan["id"] != json!(stored.plan.to_string())
        })
        .unwrap_or_else(|| panic!("{listed}"));
    plan["id"].as_str().unwrap().to_owned()
}

fn each(behaviour: impl Fn(&Stored, &str)) {
    for backend in ["github-issue", "github-draft-pr", "local"] {
        let stored = Stored::new();
        let id = made(&stored, backend);
        behaviour(&stored, &id);
        assert!(
            stored.fake.violations().is_empty(),
            "{:?}",
            stored.fake.violations()
        );
    }
}

fn shown(stored: &Stored, id: &str) -> serde_json::Value {
    stored.run(&["plan", "show", id, "--json"]).json()
}

#[test]
fn a_plan_is_made_with_its_text_and_its_header() {
    each(|stored, id| {
        let plan = shown(stored, id);
        assert_eq!(plan["text"].as_str().unwrap().trim(), PLAN.trim());
        assert_eq!(plan["header"]["objective_issue"], json!(7));
        let ran = stored.run(&["plan", "check", id]);
        assert_eq!(ran.code, 0, "{}", ran.stdout);
    });
}

#[test]
fn fields_and_text_of_a_plan_are_changed_and_a_dry_run_changes_nothing() {
    each(|stored, id| {
        let patch = r#"{"worktree_name": "w", "learn_status": "pending"}"#;
        let args = ["plan", "update", id, "--patch", patch];
        let dry = stored.run(&[&args[..], &["--dry-run", "--exit-code"]].concat());
        assert_eq!(dry.code, 10, "{}", dry.shown());
        assert_eq!(shown(stored, id)["header"]["worktree_name"], json!(null));
        let ran = stored.run(&args);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(shown(stored, id)["header"]["worktree_name"], json!("w"));
        let again = stored.run(&[&args[..], &["--dry-run", "--exit-code"]].concat());
        assert_eq!(again.code, 0, "nothing is left to do: {}", again.shown());

        stored.env.repo.write("new.md", "# Another\n\ntext\n");
        let ran = stored.run(&["plan", "update", id, "--text", "new.md"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let plan = shown(stored, id);
        assert_eq!(plan["text"].as_str().unwrap().trim(), "# Another\n\ntext");
        assert_eq!(plan["header"]["learn_status"], json!("pending"));

        let ran = stored.run(&[
            "plan",
            "update",
            id,
            "--patch",
            r#"{"learn_status": "soon"}"#,
        ]);
        assert_eq!(ran.code, 2, "{}", ran.shown());
        assert!(
            ran.stderr.contains("learn_status must be one of"),
            "{}",
            ran.stderr
        );
    });
}

#[test]
fn a_saved_plan_is_stale_when_the_fields_changed_and_only_then() {
    each(|stored, id| {
        let patch = r#"{"worktree_name": "w"}"#;
        let save = |file: &str| {
            let ran = stored.run(&["plan", "update", id, "--patch", patch, "--plan-out", file]);
            assert_eq!(ran.code, 0, "{}", ran.shown());
        };
        save("one.json");
        save("two.json");
        let ran = stored.run(&[
            "plan",
            "update",
            id,
            "--patch",
            r#"{"learn_status": "pending"}"#,
        ]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let ran = stored.run(&["apply", "one.json"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let ran = stored.run(&[
            "plan",
            "update",
            id,
            "--patch",
            r#"{"worktree_name": "other"}"#,
        ]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let ran = stored.run(&["apply", "two.json"]);
        assert_eq!(ran.code, 5, "{}", ran.shown());
        assert_eq!(shown(stored, id)["header"]["worktree_name"], json!("other"));
    });
}

#[test]
fn a_plan_is_commented_and_closed() {
    each(|stored, id| {
        let ran = stored.run(&["plan", "comment", id, "--text", "Waiting"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let ran = stored.run(&["plan", "close", id]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert_eq!(shown(stored, id)["state"], json!("closed"));
        let ran = stored.run(&["plan", "close", id, "--dry-run", "--exit-code"]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let ran = stored.run(&["plan", "close", "no-such-plan"]);
        assert_ne!(ran.code, 0);
    });
}

#[test]
fn a_work_folder_is_made_and_exec_finds_it() {
    each(|stored, id| {
        let ran = stored.run(&["plan", "prepare", id]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let text = std::fs::read_to_string(stored.env.path().join(".impl/plan.md")).unwrap();
        assert_eq!(text.trim(), PLAN.trim());
        let ran = stored.run(&["plan", "resolve", "--folder", ".impl"]);
        assert_eq!(ran.stdout, format!("{id}\n"));
        let again = stored.run(&["plan", "prepare", id, "--dry-run", "--exit-code"]);
        assert_eq!(again.code, 0, "{}", again.shown());
        let ran = stored.run(&["exec", "impl-signal", "started", "--session-id", "s"]);
        assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
        let plan = shown(stored, id);
        assert_eq!(plan["header"]["last_local_impl_event"], json!("started"));
        let number = id.parse::<u64>().map_or(json!(id), |number| json!(number));
        assert_eq!(ran.json()["issue_number"], number);
    });
}

#[test]
fn a_work_folder_that_may_be_another_plans_is_left_alone() {
    each(|stored, id| {
        let file = stored.env.path().join(".impl/plan-ref.json");
        std::fs::create_dir(file.parent().unwrap()).unwrap();
        std::fs::write(&file, "{\"provider\": \"github\", \"plan_id\": ").unwrap();
        // Another folder is not looked for in its place.
        let other = stored.env.path().join(".worker-impl");
        std::fs::create_dir(&other).unwrap();
        let reference = json!({"provider": "github", "plan_id": id, "url": "u",
            "created_at": "c", "synced_at": "s"});
        std::fs::write(other.join("plan-ref.json"), reference.to_string()).unwrap();
        let ran = stored.run(&["plan", "prepare", id]);
        assert_eq!(ran.code, 1, "{}", ran.shown());
        assert!(
            ran.stderr.contains(".impl/plan-ref.json cannot be read"),
            "{}",
            ran.stderr
        );
        let left = std::fs::read_to_string(&file).unwrap();
        assert!(left.ends_with("\"plan_id\": "), "{left}");
        let ran = stored.run(&["exec", "impl-signal", "started", "--session-id", "s"]);
        assert_eq!(ran.json()["success"], json!(false), "{}", ran.shown());
    });
}

#[test]
fn a_header_that_was_overwritten_is_put_right() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let ran = stored.run(&["exec", "update-pr-header", &plan, "branch_name=b"]);
    assert_eq!(ran.code, 0);
    stored.fake.world(|world| {
        let issue = world.repo("acme/app").issues.get_mut(&stored.plan).unwrap();
        BODY.clone_into(&mut issue.body);
    });
    let ran = stored.run(&["plan", "check", &plan]);
    assert!(
        ran.stdout
            .contains("it lacks branch_name; `piton plan repair"),
        "{}",
        ran.stdout
    );
    let ran = stored.run(&["plan", "repair", &plan, "--dry-run", "-v"]);
    assert!(ran.stdout.contains("+branch_name: b"), "{}", ran.stdout);
    let ran = stored.run(&["plan", "repair", &plan]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(stored.field("branch_name").as_deref(), Some("b"));
    let ran = stored.run(&["plan", "repair", &plan, "--dry-run", "--exit-code"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}
