//! `exec` where everything is against it: the right JSON, the right exit code,
//! no panic, no token sent.

use std::os::unix::fs::{PermissionsExt, symlink};

use piton_testkit::forge::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};
use crate::stored::{BODY, Stored, TOKEN};

/// Runs the three kinds of commands and checks what does not depend on why.
pub(crate) fn check(stored: &Stored, arrange: impl Fn(&mut std::process::Command)) -> Value {
    let run = |args: &[&str]| -> Ran {
        let mut command = stored.command(args);
        arrange(&mut command);
        let ran = stored.env.finish(command.output().unwrap());
        for stream in [&ran.stdout, &ran.stderr] {
            assert!(!stream.contains("panicked"), "{stream}");
            assert!(!stream.contains(TOKEN), "{stream}");
        }
        ran
    };
    let plan = stored.plan.to_string();
    let ran = run(&["exec", "update-dispatch-info", &plan, "1", "n", "t"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    let error = ran.stderr_json();
    assert_eq!(error["success"], json!(false));
    assert!(error["message"].is_string());
    for name in ["mark-impl-started", "mark-impl-ended"] {
        let ran = run(&["exec", name]);
        assert_eq!(ran.code, 0, "{}", ran.shown());
        let answer = ran.json();
        assert_eq!(answer["success"], json!(false), "{}", ran.shown());
        assert!(answer["error_type"].is_string());
    }
    let ran = run(&["exec", "impl-signal", "started", "--session-id", "s"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.json()["success"], json!(false));
    let ran = run(&["exec", "get-plan-metadata", &plan, "created_by"]);
    assert_eq!(ran.code == 0, ran.stderr.is_empty());
    error
}

#[test]
fn without_a_network() {
    let stored = Stored::new().with_folder(".impl");
    let error = check(&stored, |command| {
        command.env("GITHUB_API_URL", "http://127.0.0.1:1");
    });
    assert_eq!(error["error"], json!("update-failed"));
    assert_eq!(error["reason"], json!("provider-error"));
    assert_eq!(error["queued"], json!(true));
    assert_eq!(
        stored.state(".impl").unwrap()["last_event"],
        json!("started")
    );

    // What waited is sent with the next that arrives; the end stands after the
    // start that waited longer.
    let ran = stored.run(&["exec", "mark-impl-ended"]);
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert_eq!(
        stored.field("last_local_impl_event").as_deref(),
        Some("ended")
    );
    assert_eq!(stored.field("last_dispatched_run_id").as_deref(), Some("1"));
    let outbox = stored.env.path().join(".git/piton/outbox");
    let left = std::fs::read_dir(outbox).unwrap();
    let left: Vec<_> = left
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| std::path::Path::new(name).extension() == Some("json".as_ref()))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn with_a_wrong_token() {
    let stored = Stored::new().with_folder(".impl");
    stored.fake.fault(
        Fault::new(
            "",
            "",
            FaultKind::Status(401, r#"{"message": "Bad credentials"}"#),
        )
        .times(u32::MAX),
    );
    let error = check(&stored, |_| {});
    assert_eq!(error["reason"], json!("provider-error"));
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("Bad credentials")
    );
}

#[test]
fn with_a_deleted_plan() {
    let stored = Stored::new().with_folder(".impl");
    stored.fake.world(|world| {
        let repo = world.repo("acme/app");
        repo.issues.remove(&stored.plan);
        repo.deleted.push(stored.plan);
    });
    let error = check(&stored, |_| {});
    assert_eq!(error["error"], json!("update-failed"));
    assert_eq!(error["queued"], json!(null));
}

#[test]
fn without_a_header_and_with_a_broken_one() {
    for (body, reason) in [
        ("nothing", "no-plan-header"),
        (
            "<!-- erk:metadata-block:plan-header -->\nx\n<!-- /erk:metadata-block:plan-header -->",
            "invalid-metadata",
        ),
        (
            "<!-- erk:metadata-block:plan-header -->\n<details>\n<summary>s</summary>\n\n```yaml\na: [\n```\n</details>\n<!-- /erk:metadata-block:plan-header -->",
            "invalid-metadata",
        ),
    ] {
        let stored = Stored::with_body(body).with_folder(".impl");
        let error = check(&stored, |_| {});
        assert_eq!(error["reason"], json!(reason), "{body}");
        assert_eq!(stored.body(), body);
    }
}

#[test]
fn with_a_body_that_has_no_room_left() {
    let header = BODY.replace(
        "last_dispatched_run_id: null\nlast_dispatched_node_id: null\nlast_dispatched_at: null\n",
        "",
    );
    let body = format!("{header}{}", "x".repeat(65_536 - header.len()));
    let stored = Stored::with_body(&body).with_folder(".impl");
    let error = check(&stored, |_| {});
    assert_eq!(error["reason"], json!("invalid-metadata"));
    assert_eq!(stored.body(), body);
}

#[test]
fn with_a_folder_that_cannot_be_written() {
    let stored = Stored::new().with_folder(".impl");
    let folder = stored.env.path().join(".impl");
    let elsewhere = stored.env.home.path().join("elsewhere");
    std::fs::write(&elsewhere, "precious").unwrap();
    symlink(&elsewhere, folder.join("local-run-state.json")).unwrap();
    let ran = stored.run(&["exec", "mark-impl-started"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.json()["error_type"], json!("local-state-write-failed"));
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "precious");
    std::fs::remove_file(folder.join("local-run-state.json")).unwrap();

    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o555)).unwrap();
    let ran = stored.run(&["exec", "mark-impl-started"]);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(ran.code, 0);
    let answer = ran.json();
    // Root writes everywhere.
    let allowed = [json!(null), json!("local-state-write-failed")];
    assert!(allowed.contains(&answer["error_type"]), "{}", ran.shown());
}

#[test]
fn with_a_broken_file_of_settings() {
    let stored = Stored::new().with_folder(".impl");
    stored.env.repo.write("piton.toml", "not toml at all [");
    let error = check(&stored, |_| {});
    assert_eq!(error["error"], json!("context-not-initialized"));
    assert_eq!(
        stored.state(".impl").unwrap()["last_event"],
        json!("started")
    );
}

#[test]
fn outside_a_repository() {
    let env = TestEnv::new();
    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["mark-impl-started", "mark-impl-ended"] {
        let mut command = env.command(&["exec", name]);
        command.current_dir(elsewhere.path());
        let ran = env.finish(command.output().unwrap());
        assert_eq!(ran.code, 0);
        assert_eq!(ran.json()["error_type"], json!("context-not-initialized"));
    }
    let mut command = env.command(&["exec", "update-dispatch-info", "1", "1", "n", "t"]);
    command.current_dir(elsewhere.path());
    let ran = env.finish(command.output().unwrap());
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stderr_json()["error"], json!("context-not-initialized"));
}

#[test]
fn in_a_directory_that_is_not_there() {
    let stored = Stored::new();
    let gone = stored.env.home.path().join("gone");
    let gone = gone.to_str().unwrap();
    for (words, code) in [
        (&["mark-impl-started"][..], 0),
        (&["mark-impl-ended", "--session-id", "s"][..], 0),
        (&["impl-signal", "ended"][..], 0),
        (&["update-dispatch-info", "1", "2", "3", "4"][..], 1),
        (&["update-pr-header", "1", "branch_name=b"][..], 1),
        (&["get-plan-metadata", "1", "created_by"][..], 1),
    ] {
        let ran = stored.run(&[&["-C", gone, "exec"][..], words].concat());
        assert_eq!(ran.code, code, "{words:?}\n{}", ran.shown());
        let answer = if code == 0 {
            ran.json()
        } else {
            ran.stderr_json()
        };
        assert_eq!(answer["success"], json!(false), "{words:?}");
        let kind = answer.get("error_type").or(answer.get("error"));
        assert_eq!(kind, Some(&json!("context-not-initialized")), "{words:?}");
    }
}

#[test]
fn no_program_is_started_and_no_journal_written() {
    let stored = Stored::new().with_folder(".impl");
    let mut command = stored.command(&["exec", "mark-impl-started"]);
    command.env("PATH", "/nonexistent");
    let ran = stored.env.finish(command.output().unwrap());
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    let state = stored.env.path().join(".git/piton");
    assert!(!state.join("journals").exists());
    assert!(!state.join("lock").exists());
}

#[test]
fn what_waits_is_sent_by_a_command_for_people_and_by_no_dry_run_or_list() {
    let stored = Stored::new().with_folder(".impl");
    let plan = stored.plan.to_string();
    let mut command = stored.command(&["exec", "mark-impl-started"]);
    command.env("GITHUB_API_URL", "http://127.0.0.1:1");
    let ran = stored.env.finish(command.output().unwrap());
    assert_eq!(ran.json()["queued"], json!(true), "{}", ran.shown());
    for args in [
        &["plan", "list"][..],
        &["plan", "show", &plan],
        &["plan", "comment", &plan, "--text", "x", "--dry-run"],
    ] {
        assert_eq!(stored.run(args).code, 0);
        assert_eq!(stored.field("last_local_impl_event"), None, "{args:?}");
    }
    let ran = stored.run(&["plan", "comment", &plan, "--text", "x"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(
        stored.field("last_local_impl_event").as_deref(),
        Some("started")
    );
}

#[test]
fn a_dry_run_that_is_stopped_answers_as_the_command_does() {
    let env = TestEnv::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let outside: [(&[&str], i32); 6] = [
        (&["mark-impl-started", "--session-id", "s"], 0),
        (&["mark-impl-ended"], 0),
        (&["impl-signal", "started", "--session-id", "s"], 0),
        (&["impl-signal", "submitted"], 0),
        (&["update-dispatch-info", "1", "2", "3", "4"], 1),
        (&["update-plan-header", "1", "branch_name=b"], 1),
    ];
    for (words, code) in outside {
        let run = |more: &[&str]| {
            let mut command = env.command(&[&["exec"], words, more].concat());
            command.current_dir(elsewhere.path());
            env.finish(command.output().unwrap())
        };
        let real = run(&[]);
        assert_eq!(real.code, code, "{words:?}: {}", real.shown());
        for more in [&["--dry-run"][..], &["--dry-run", "--json"], &["-n", "-v"]] {
            let dry = run(more);
            assert_eq!(dry.shown(), real.shown(), "{words:?} {more:?}");
            assert_eq!(dry.code, code, "{words:?} {more:?}");
        }
    }
    // Inside, without a reference and without a plan.
    let stored = Stored::new();
    for args in [
        &["exec", "mark-impl-started"][..],
        &["exec", "impl-signal", "started"],
        &["exec", "impl-signal", "ended"],
    ] {
        let real = stored.run(args);
        let dry = stored.run(&[args, &["--dry-run"]].concat());
        assert_eq!((dry.code, dry.shown()), (0, real.shown()), "{args:?}");
    }
    for fields in [&[][..], &["branch_name"], &["=b"], &["no_such_field=1"]] {
        let args = [&["exec", "update-pr-header", "1"], fields].concat();
        let real = stored.run(&args);
        let dry = stored.run(&[&args[..], &["--dry-run"]].concat());
        assert_eq!((dry.code, dry.shown()), (1, real.shown()), "{args:?}");
    }
    let missing = ["exec", "update-dispatch-info", "999", "1", "n", "t"];
    let dry = stored.run(&[&missing[..], &["--dry-run"]].concat());
    assert_eq!(dry.code, 1);
    assert_eq!(dry.stderr_json()["reason"], json!("not-found"));
    let headless = Stored::with_body("none").with_folder(".impl");
    let dry = headless.run(&["exec", "mark-impl-ended", "--dry-run"]);
    assert_eq!(dry.code, 0);
    assert_eq!(dry.json()["reason"], json!("no-plan-header"));
    assert_eq!(headless.state(".impl"), None, "a dry run writes nothing");
}
