//! What `exec update-dispatch-info` puts into the header of a plan.

use piton_testkit::forge::{Fault, FaultKind};
use serde_json::json;

use crate::exec::{DISPATCHED, keys};
use crate::stored::{BODY, Stored};

pub(crate) fn dispatch(stored: &Stored, run: &str) -> crate::env::Ran {
    let plan = stored.plan.to_string();
    stored.run(&[
        "exec",
        "update-dispatch-info",
        &plan,
        run,
        "WFR_node",
        DISPATCHED,
    ])
}

#[test]
fn update_dispatch_info_success() {
    let stored = Stored::new();
    let ran = dispatch(&stored, "22035662991");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(ran.stderr, "");
    assert_eq!(
        ran.stdout,
        format!(
            "{{\"success\": true, \"issue_number\": {}, \"run_id\": \"22035662991\", \"node_id\": \"WFR_node\"}}\n",
            stored.plan
        )
    );
    assert_eq!(
        stored.field("last_dispatched_run_id").as_deref(),
        Some("22035662991")
    );
    assert_eq!(
        stored.field("last_dispatched_node_id").as_deref(),
        Some("WFR_node")
    );
    assert_eq!(
        stored.field("last_dispatched_at").as_deref(),
        Some(DISPATCHED)
    );
    assert!(stored.fake.violations().is_empty());
    assert!(stored.fake.log().len() <= 5);
}

#[test]
fn update_dispatch_info_overwrites_existing() {
    let stored = Stored::new();
    assert_eq!(dispatch(&stored, "1").code, 0);
    assert_eq!(dispatch(&stored, "2").code, 0);
    assert_eq!(stored.field("last_dispatched_run_id").as_deref(), Some("2"));
}

#[test]
fn update_dispatch_info_preserves_other_content() {
    let stored = Stored::new();
    assert_eq!(dispatch(&stored, "22").code, 0);
    let expected = BODY
        .replace(
            "last_dispatched_run_id: null",
            "last_dispatched_run_id: '22'",
        )
        .replace(
            "last_dispatched_node_id: null",
            "last_dispatched_node_id: WFR_node",
        )
        .replace(
            "last_dispatched_at: null",
            &format!("last_dispatched_at: '{DISPATCHED}'"),
        );
    assert_eq!(stored.body(), expected);
}

#[test]
fn update_dispatch_info_issue_not_found() {
    let stored = Stored::new();
    let ran = stored.run(&["exec", "update-dispatch-info", "999", "1", "n", "t"]);
    assert_eq!(ran.code, 1);
    let error = ran.stderr_json();
    assert_eq!(error["success"], json!(false));
    assert_eq!(error["error"], json!("update-failed"));
    assert_eq!(error["reason"], json!("not-found"));
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("Failed to update dispatch info: "),
        "{message}"
    );
    assert_eq!(keys(&error), ["error", "message", "reason", "success"]);
}

#[test]
fn update_dispatch_info_no_plan_header_block() {
    let stored = Stored::with_body("# A plan without a header\n");
    let ran = dispatch(&stored, "1");
    assert_eq!(ran.code, 1);
    let error = ran.stderr_json();
    assert_eq!(error["error"], json!("update-failed"));
    assert_eq!(error["reason"], json!("no-plan-header"));
    assert_eq!(stored.body(), "# A plan without a header\n");
}

#[test]
fn update_dispatch_info_github_api_failure() {
    let stored = Stored::new();
    stored.fake.fault(
        Fault::new(
            "",
            "",
            FaultKind::Status(
                403,
                r#"{"message": "Resource not accessible by personal access token"}"#,
            ),
        )
        .times(u32::MAX),
    );
    let ran = dispatch(&stored, "1");
    assert_eq!(ran.code, 1);
    let error = ran.stderr_json();
    assert_eq!(error["error"], json!("update-failed"));
    assert_eq!(error["reason"], json!("provider-error"));
    assert_eq!(error["queued"], json!(true));
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("Resource not accessible"), "{message}");

    // The next command sends what waited.
    stored.fake.clear_faults();
    let plan = stored.plan.to_string();
    let ran = stored.run(&["exec", "update-pr-header", &plan, "branch_name=b"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(stored.field("last_dispatched_run_id").as_deref(), Some("1"));
}
