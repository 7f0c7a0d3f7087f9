//! The commands for agents and CI jobs, as their callers know them.

use piton_backend::log::LogPage;
use piton_testkit::forge::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::stored::Stored;

pub(crate) const DISPATCHED: &str = "2026-02-15T10:00:00+00:00";

pub(crate) fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn impl_signal_started_tells_once_for_each_session() {
    let stored = Stored::new().with_folder(".impl");
    let plan_file = stored.env.home.path().join(".claude/plans/plan.md");
    std::fs::create_dir_all(plan_file.parent().unwrap()).unwrap();
    std::fs::write(&plan_file, "the agent's own").unwrap();
    for _ in 0..2 {
        let ran = stored.run(&["exec", "impl-signal", "started", "--session-id", "s-1"]);
        assert_eq!(ran.code, 0);
        let answer = ran.json();
        assert_eq!(answer["success"], json!(true), "{}", ran.shown());
        assert_eq!(answer["event"], json!("started"));
        assert_eq!(answer["issue_number"], json!(stored.plan));
    }
    let comments = stored.fake.world(|world| {
        let repo = world.repo("acme/app");
        let bodies = repo.comments.values().map(|comment| comment.body.clone());
        bodies.collect::<Vec<_>>()
    });
    let told: Vec<_> = comments
        .iter()
        .filter(|body| body.starts_with("🚀 Starting implementation\n\n---\n\n**Worktree:** `"))
        .collect();
    assert_eq!(told.len(), 1, "{comments:?}");
    assert_eq!(stored.field("branch_name").as_deref(), Some("main"));
    assert!(stored.field("worktree_name").is_some());
    assert_eq!(stored.field("lifecycle_stage"), None);
    assert!(plan_file.is_file());
}

#[test]
fn impl_signal_says_what_is_missing() {
    let stored = Stored::new();
    let kind = |args: &[&str]| {
        let ran = stored.run(args);
        assert_eq!(ran.code, 0);
        let answer = ran.json();
        assert_eq!(answer["success"], json!(false));
        assert_eq!(answer["event"], json!(args[2]));
        answer["error_type"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        kind(&["exec", "impl-signal", "started"]),
        "session-id-required"
    );
    assert_eq!(
        kind(&["exec", "impl-signal", "started", "--session-id", " "]),
        "session-id-required"
    );
    assert_eq!(
        kind(&["exec", "impl-signal", "ended"]),
        "no-issue-reference"
    );
    assert!(stored.fake.log().is_empty());
    let ran = stored.run(&["exec", "impl-signal", "paused"]);
    assert_eq!(ran.code, 2);
}

#[test]
fn impl_signal_ended_and_submitted_are_told() {
    let stored = Stored::new().with_folder(".impl");
    let ran = stored.run(&["exec", "impl-signal", "ended"]);
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert_eq!(
        stored.field("last_local_impl_event").as_deref(),
        Some("ended")
    );
    let ran = stored.run(&["exec", "impl-signal", "submitted"]);
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert_eq!(stored.field("lifecycle_stage").as_deref(), Some("impl"));
}

#[test]
fn the_folder_is_found_from_below() {
    let stored = Stored::new().with_folder(".impl");
    stored.env.repo.write("a/b/file", "");
    let mut command = stored.command(&["exec", "mark-impl-started"]);
    command.current_dir(stored.env.path().join("a/b"));
    let ran = stored.env.finish(command.output().unwrap());
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
}

#[test]
fn a_remote_session_is_recorded() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let ran = stored.run(&[
        "exec",
        "update-plan-remote-session",
        "--issue-number",
        &plan,
        "--run-id",
        "77",
        "--session-id",
        "s-2",
    ]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.json(),
        json!({"success": true, "issue_number": stored.plan})
    );
    assert_eq!(
        stored.field("last_remote_impl_run_id").as_deref(),
        Some("77")
    );
    assert_eq!(
        stored.field("last_remote_impl_session_id").as_deref(),
        Some("s-2")
    );
    let ran = stored.run(&[
        "exec",
        "update-plan-remote-session",
        "--issue-number",
        "999",
        "--run-id",
        "77",
        "--session-id",
        "s-2",
    ]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.json()["reason"], json!("not-found"));
}

#[test]
fn fields_of_a_header_are_set_by_their_own_types() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    for name in ["update-pr-header", "update-plan-header"] {
        let ran = stored.run(&[
            "exec",
            name,
            &plan,
            "branch_name=123",
            "objective_issue=7",
            "last_learn_at=null",
        ]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let answer = ran.json();
        assert_eq!(answer["pr_id"], json!(plan));
        assert_eq!(
            answer["fields_updated"],
            json!(["branch_name", "objective_issue", "last_learn_at"])
        );
    }
    assert!(
        stored
            .body()
            .contains("branch_name: '123'\nobjective_issue: 7\nlast_learn_at: null\n")
    );
    let kind = |args: &[&str]| {
        let ran = stored.run(args);
        assert_eq!(ran.code, 1);
        ran.stderr_json()["error"].as_str().unwrap().to_owned()
    };
    let header = ["exec", "update-pr-header", plan.as_str()];
    assert_eq!(kind(&header), "no_fields");
    assert_eq!(
        kind(&[&header[..], &["x"]].concat()),
        "invalid_field_format"
    );
    assert_eq!(
        kind(&[&header[..], &["nope=1"]].concat()),
        "schema_validation_failed"
    );
    assert_eq!(
        kind(&["exec", "update-pr-header", "999", "branch_name=b"]),
        "update_failed"
    );
}

#[test]
fn one_field_is_read() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    for name in ["get-plan-metadata", "get-pr-metadata"] {
        let ran = stored.run(&["exec", name, &plan, "created_by"]);
        assert_eq!(
            ran.stdout,
            format!(
                "{{\"success\": true, \"value\": \"octo-dev\", \"issue_number\": {plan}, \"field\": \"created_by\"}}\n"
            )
        );
    }
    let ran = stored.run(&["exec", "get-plan-metadata", &plan, "nope"]);
    assert_eq!(ran.json()["value"], json!(null));
    let ran = stored.run(&["exec", "get-plan-metadata", "999", "created_by"]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stderr_json()["error"], json!("issue_not_found"));
}

#[test]
fn a_session_is_uploaded_without_its_secrets() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    stored.env.repo.write(
        "session.jsonl",
        &format!(
            "{{\"a\": \"{} and ghp_abcdefgh12345678\"}}\n",
            crate::stored::TOKEN
        ),
    );
    let ran = stored.run(&[
        "exec",
        "upload-session",
        "--session-file",
        "session.jsonl",
        "--session-id",
        "s-3",
        "--source",
        "local",
        "--issue-number",
        &plan,
    ]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let answer = ran.json();
    assert_eq!(answer["issue_updated"], json!(true));
    assert_eq!(answer["session_id"], json!("s-3"));
    let gist = stored.fake.world(|world| {
        let (_, gist) = world.gists.iter().next().unwrap();
        (gist.public, format!("{:?}", gist.files))
    });
    assert!(!gist.0);
    assert!(!gist.1.contains("ghp_"), "{}", gist.1);
    assert!(gist.1.contains("[redacted] and [redacted]"), "{}", gist.1);
    assert_eq!(stored.field("last_session_id").as_deref(), Some("s-3"));
}

#[test]
fn no_option_changes_an_answer() {
    let stored = Stored::new();
    let plan = stored.plan.to_string();
    let plain = ["exec", "get-plan-metadata", plan.as_str(), "created_by"];
    let expected = stored.run(&plain).stdout;
    for option in ["--json", "-v", "-vv", "-Q", "-QQQQ", "--color=always"] {
        let ran = stored.run(&[&plain[..], &[option]].concat());
        assert_eq!(ran.stdout, expected, "{option}");
    }
    // A failure stands on standard error, and there alone.
    let failing = ["exec", "update-dispatch-info", "999", "1", "n", "t"];
    let expected = stored.run(&failing).stderr;
    for option in ["--json", "-v", "-vvv", "-Q", "--color=always"] {
        let ran = stored.run(&[&failing[..], &[option]].concat());
        assert_eq!(ran.stderr, expected, "{option}");
        assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{option}");
    }
}

/// Returns who keeps a log of the plan, and how many entries each has.
fn writers(stored: &Stored) -> Vec<(String, usize)> {
    let mut writers = stored.fake.world(|world| {
        let comments = world.repo("acme/app").comments.values();
        comments
            .filter_map(|comment| LogPage::read(&comment.body))
            .map(|log| {
                let name = log.writer.as_str();
                let kind = name.rsplit_once('-').map_or(name, |(kind, _)| kind);
                (kind.to_owned(), log.entries.len())
            })
            .collect::<Vec<_>>()
    });
    writers.sort();
    writers
}

#[test]
fn a_session_a_run_and_a_clone_keep_one_comment_each() {
    let stored = Stored::new().with_folder(".impl");
    let plan = stored.plan.to_string();
    for _ in 0..2 {
        for (event, session) in [
            ("mark-impl-started", "s-1"),
            ("mark-impl-ended", "s-1"),
            ("mark-impl-started", "a session with blanks"),
        ] {
            let ran = stored.run(&["exec", event, "--session-id", session]);
            assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
        }
        let header = ["exec", "update-pr-header", &plan, "branch_name=b"];
        assert_eq!(stored.run(&header).code, 0);
        let ran = stored.run_in_actions(&["exec", "mark-impl-started", "--session-id", "s-1"]);
        assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
        assert_eq!(stored.run_in_actions(&header).code, 0);
    }
    let found = writers(&stored);
    let kinds: Vec<&str> = found.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds.len(), 4, "{found:?}");
    assert_eq!(kinds[0], "clone", "{found:?}");
    assert_eq!(kinds[1], "run-77", "{found:?}");
    assert!(kinds[2..].contains(&"session-s-1"), "{found:?}");
    assert!(kinds[2..].iter().all(|kind| kind.starts_with("session-")));
    assert_eq!(
        stored.field("last_local_impl_session").as_deref(),
        Some("a session with blanks")
    );
}

#[test]
fn usage_errors_end_with_2() {
    let stored = Stored::new();
    assert_eq!(stored.run(&["exec", "update-dispatch-info", "1"]).code, 2);
    assert_eq!(stored.run(&["exec", "nope"]).code, 2);
    assert_eq!(stored.run(&["exec", "mark-impl-started", "--nope"]).code, 2);
}

#[test]
fn the_lines_of_workflows_and_slash_commands_work_as_they_are() {
    let stored = Stored::new().with_folder(".impl");
    let script = format!(
        "set -e\n\
         piton exec impl-signal started --session-id \"abc\" 2>/dev/null || true\n\
         piton exec mark-impl-started --session-id \"abc\" || true\n\
         piton exec update-dispatch-info \"{plan}\" \"77\" \"WFR_1\" \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\"\n\
         piton exec update-plan-remote-session --issue-number {plan} --run-id 77 --session-id abc\n\
         piton exec update-plan-header {plan} last_session_branch=planned-pr-context/{plan} last_session_source=remote\n\
         piton exec get-plan-metadata {plan} last_session_branch\n\
         piton exec impl-signal ended --session-id \"abc\" 2>/dev/null || true\n\
         piton exec mark-impl-ended || true\n",
        plan = stored.plan
    )
    .replace("piton exec", &format!("{} exec", env!("CARGO_BIN_EXE_piton")));
    let piton = stored.command(&["x"]);
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &script])
        .current_dir(stored.env.path())
        .env_clear()
        .envs(
            piton
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    let ran = stored.env.finish(shell.output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(ran.stderr, "");
    assert!(!ran.stdout.contains("\"success\": false"), "{}", ran.stdout);
    assert_eq!(
        stored.field("last_local_impl_event").as_deref(),
        Some("ended")
    );
}

#[test]
fn a_dry_run_shows_the_same_decision_and_changes_nothing() {
    let stored = Stored::new().with_folder(".impl");
    let plan = stored.plan.to_string();
    let before = stored.env.world();
    for (args, expected) in [
        (
            vec!["update-dispatch-info", &plan, "77", "n", "t"],
            "set last_dispatched_run_id=77, last_dispatched_node_id=n, last_dispatched_at=t",
        ),
        (vec!["mark-impl-started"], "last_local_impl_event=started"),
        (vec!["mark-impl-ended"], ".impl/local-run-state.json"),
        (
            vec!["impl-signal", "started", "--session-id", "s"],
            "add a comment: 🚀 Starting implementation",
        ),
        (
            vec!["update-pr-header", &plan, "branch_name=b"],
            "set branch_name=b",
        ),
    ] {
        let ran = stored.run(&[&["exec"], &args[..], &["--dry-run"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.shown());
        assert!(ran.stdout.contains(expected), "{}", ran.shown());
    }
    assert!(
        stored
            .fake
            .log()
            .iter()
            .all(|request| request.method == "GET")
    );
    assert!(stored.env.world() == before, "a dry run wrote something");
}

#[test]
fn a_session_is_uploaded_once_whatever_gets_lost_and_a_dry_run_uploads_nothing() {
    let stored = Stored::new();
    stored.env.repo.write("log.jsonl", "{\"a\": 1}\n");
    let args = [
        "exec",
        "upload-session",
        "--session-file",
        "log.jsonl",
        "--session-id",
        "S",
        "--source",
        "local",
    ];
    let shown = stored.run(&[&["exec", "--dry-run"], &args[1..]].concat());
    assert_eq!(shown.code, 0, "{}", shown.shown());
    assert!(shown.stdout.contains("Claude Code session S (local)"));
    let gists = || stored.fake.world(|world| world.gists.len());
    assert_eq!(gists(), 0);
    stored
        .fake
        .fault(Fault::new("POST", "/gists", FaultKind::StatusAfter(502)));
    let ran = stored.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(gists(), 1, "never doubled");
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["success"], true);
    assert!(answer["raw_url"].is_string());
}
