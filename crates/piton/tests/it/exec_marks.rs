//! What `exec mark-impl-started` and `mark-impl-ended` record, and answer where they cannot.

use serde_json::json;

use crate::exec::keys;
use crate::stored::Stored;

fn mark_local_environment(event: &str) {
    let stored = Stored::new().with_folder(".impl");
    let ran = stored.run(&["exec", &format!("mark-impl-{event}"), "--session-id", "s-1"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.stderr, "");
    assert_eq!(
        ran.stdout,
        format!(
            "{{\n  \"success\": true,\n  \"issue_number\": {}\n}}\n",
            stored.plan
        )
    );
    assert_eq!(
        stored.field("last_local_impl_event").as_deref(),
        Some(event)
    );
    assert_eq!(
        stored.field("last_local_impl_session").as_deref(),
        Some("s-1")
    );
    assert_eq!(
        stored.field("last_local_impl_user").as_deref(),
        Some("octo")
    );
    let at = stored.field("last_local_impl_at").unwrap();
    assert!(at.ends_with("+00:00"), "{at}");
    assert_eq!(stored.field("last_remote_impl_at"), None);
}

#[test]
fn mark_impl_started_local_environment() {
    mark_local_environment("started");
}

#[test]
fn mark_impl_ended_local_environment() {
    mark_local_environment("ended");
}

fn mark_github_actions(event: &str) {
    let stored = Stored::new().with_folder(".impl");
    let ran = stored.run_in_actions(&["exec", &format!("mark-impl-{event}")]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.json()["success"], json!(true));
    assert!(stored.field("last_remote_impl_at").is_some());
    assert_eq!(stored.field("last_local_impl_at"), None);
    let state = stored.state(".impl").unwrap();
    assert_eq!(state["user"], json!("octo-actor"));
}

#[test]
fn mark_impl_started_github_actions() {
    mark_github_actions("started");
}

#[test]
fn mark_impl_ended_github_actions() {
    mark_github_actions("ended");
}

fn mark_writes_local_state(event: &str) {
    let stored = Stored::new().with_folder(".impl");
    let ran = stored.run(&["exec", &format!("mark-impl-{event}"), "--session-id", "s-1"]);
    assert_eq!(ran.code, 0);
    let state = stored.state(".impl").unwrap();
    assert_eq!(state["last_event"], json!(event));
    assert_eq!(state["session_id"], json!("s-1"));
    assert_eq!(state["user"], json!("octo"));
    assert_eq!(
        keys(&state),
        ["last_event", "session_id", "timestamp", "user"]
    );
}

#[test]
fn mark_impl_started_writes_local_state() {
    mark_writes_local_state("started");
}

#[test]
fn mark_impl_ended_writes_local_state() {
    mark_writes_local_state("ended");
}

fn mark_with_worker_impl_dir(event: &str) {
    let stored = Stored::new().with_folder(".worker-impl");
    let ran = stored.run(&["exec", &format!("mark-impl-{event}")]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.json()["success"], json!(true), "{}", ran.shown());
    assert_eq!(
        stored.state(".worker-impl").unwrap()["last_event"],
        json!(event)
    );
    assert_eq!(
        stored.field("last_local_impl_event").as_deref(),
        Some(event)
    );
}

#[test]
fn mark_impl_started_with_worker_impl_dir() {
    mark_with_worker_impl_dir("started");
}

#[test]
fn mark_impl_ended_with_worker_impl_dir() {
    mark_with_worker_impl_dir("ended");
}

fn mark_no_plan_ref(event: &str) {
    let stored = Stored::new();
    let check = |expected: &str| {
        let ran = stored.run(&["exec", &format!("mark-impl-{event}")]);
        assert_eq!(ran.code, 0);
        let answer = ran.json();
        assert_eq!(answer["success"], json!(false));
        assert_eq!(answer["error_type"], json!("no-issue-reference"));
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
        assert_eq!(keys(&answer), ["error_type", "message", "success"]);
    };
    check(".impl/issue.json");
    stored.env.repo.write(".impl/plan.md", "# Plan");
    check(".impl/issue.json");
    stored.env.repo.write(".impl/plan-ref.json", "7");
    check("plan-ref.json cannot be used");
    assert!(stored.fake.log().is_empty());
}

#[test]
fn mark_impl_started_no_plan_ref() {
    mark_no_plan_ref("started");
}

#[test]
fn mark_impl_ended_no_plan_ref() {
    mark_no_plan_ref("ended");
}

fn mark_update_failed(event: &str) {
    let stored = Stored::with_body("# no header").with_folder(".impl");
    let ran = stored.run(&["exec", &format!("mark-impl-{event}")]);
    assert_eq!(ran.code, 0);
    let answer = ran.json();
    assert_eq!(answer["error_type"], json!("update-failed"));
    assert_eq!(answer["reason"], json!("no-plan-header"));
    let message = answer["message"].as_str().unwrap();
    assert!(
        message.starts_with("Failed to update metadata: "),
        "{message}"
    );
    // The local state is written all the same.
    assert_eq!(stored.state(".impl").unwrap()["last_event"], json!(event));
}

#[test]
fn mark_impl_started_update_failed() {
    mark_update_failed("started");
}

#[test]
fn mark_impl_ended_update_failed() {
    mark_update_failed("ended");
}

fn mark_local_state_write_failed(event: &str) {
    let stored = Stored::new().with_folder(".impl");
    let state = stored.env.path().join(".impl/local-run-state.json");
    std::fs::create_dir(&state).unwrap();
    std::fs::write(state.join("in-the-way"), "").unwrap();
    let ran = stored.run(&["exec", &format!("mark-impl-{event}")]);
    assert_eq!(ran.code, 0);
    let answer = ran.json();
    assert_eq!(
        answer["error_type"],
        json!("local-state-write-failed"),
        "{}",
        ran.shown()
    );
    assert!(stored.fake.log().is_empty(), "nothing was sent");
}

#[test]
fn mark_impl_started_local_state_write_failed() {
    mark_local_state_write_failed("started");
}

#[test]
fn mark_impl_ended_local_state_write_failed() {
    mark_local_state_write_failed("ended");
}

fn mark_null_session(event: &str) {
    let stored = Stored::new().with_folder(".impl");
    let ran = stored.run(&["exec", &format!("mark-impl-{event}")]);
    assert_eq!(ran.code, 0);
    assert!(stored.body().contains("last_local_impl_session: null\n"));
    assert_eq!(stored.state(".impl").unwrap()["session_id"], json!(null));
}

#[test]
fn mark_impl_started_null_session() {
    mark_null_session("started");
}

#[test]
fn mark_impl_ended_null_session() {
    mark_null_session("ended");
}
