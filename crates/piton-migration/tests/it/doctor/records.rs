//! Whether a planning record fits what the manifest says.

use std::fs;

use piton_durable::RealDisk;
use piton_migration::consistency::{Code, examine, examine_all};
use piton_migration::slug::Slug;
use serde_json::{Value, json};

use super::codes;
use crate::scratch::Project;

/// A migration of this status whose planning stands at this cursor.
fn standing(project: &Project, status: &str, cursor: &str) -> Slug {
    let slug = project.planning("a", "migrations");
    let path = project.live.migration(&slug).join(".planning/state.json");
    let mut state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    if cursor != "expand" {
        let steps = [
            "approaches",
            "pick-best",
            "expand",
            "review",
            "final-review",
        ];
        let decided = match cursor {
            "terminal-ready" => "approve-auto",
            "terminal-ready-awaiting-human" => "approve-needs-human",
            _ => "reject",
        };
        state["completed_steps"] = steps
            .map(|name| {
                let tail = format!("a/.planning/stages/{name}.stdout.md");
                project.write(&tail, "said");
                let outcome = match name {
                    "review" => "clear",
                    "final-review" => decided,
                    _ => "completed",
                };
                json!({
                    "name": name,
                    "outcome": outcome,
                    "completed_at": "2026-06-01T10:00:00.000+00:00",
                    "outputs": {"stdout": format!("migrations/{tail}")},
                })
            })
            .into_iter()
            .collect();
        state["next_step"] = cursor.into();
        state["final_decision"] = decided.into();
        state["final_reason"] = "so it is".into();
    }
    project.ready_with("a", &json!({"status": status}));
    project.write("a/.planning/state.json", state.to_string());
    slug
}

#[test]
fn the_status_and_the_cursor_of_planning_agree() {
    for (status, cursor, agrees) in [
        ("planning", "expand", true),
        ("planning", "terminal-ready", false),
        ("ready", "expand", false),
        ("ready", "terminal-ready", true),
        ("ready", "terminal-ready-awaiting-human", true),
        ("ready", "terminal-skipped", false),
        ("in-progress", "terminal-ready", true),
        ("done", "expand", false),
        ("done", "terminal-skipped", false),
        ("skipped", "expand", true),
        ("skipped", "terminal-skipped", true),
        ("skipped", "terminal-ready", true),
    ] {
        let project = Project::new();
        let slug = standing(&project, status, cursor);
        let examination = examine(&RealDisk, &project.live, &slug);
        assert!(
            matches!(examination.state, Some(Ok(_))),
            "{status} {cursor}: {examination:?}"
        );
        let told = examination
            .findings
            .iter()
            .find(|it| it.code == Code::PlanningStateDisagrees);
        assert_eq!(told.is_none(), agrees, "{status} {cursor}");
        if let Some(told) = told {
            let expected = format!("the status is {status}, and planning stands at {cursor}");
            assert_eq!(told.message, expected);
        }
    }
}

#[test]
fn a_record_is_needed_while_a_plan_is_made_and_not_afterwards() {
    let project = Project::new();
    let ready = project.ready("a");
    let without = examine(&RealDisk, &project.live, &ready);
    assert!(without.state.is_none());
    // A directory of it, and no record in it.
    project.write("a/.planning/stages/other.md", "");
    let without = examine(&RealDisk, &project.live, &ready);
    assert!(without.state.is_none());
    assert_eq!(without.findings, []);
    let planning = project.planning("b", "migrations");
    let dir = project.live.migration(&planning).join(".planning");
    fs::remove_file(dir.join("state.json")).unwrap();
    let without = examine(&RealDisk, &project.live, &planning);
    assert!(matches!(without.state, Some(Err(_))));
    assert_eq!(without.findings[0].code, Code::PlanningStateMissing);
}

#[test]
fn what_is_wrong_with_a_record_is_told_on_one_line() {
    let project = Project::new();
    let slug = project.planning("a", "migrations");
    project.write("a/.planning/state.json", "{\n\n\"target\": }");
    let findings = examine(&RealDisk, &project.live, &slug).findings;
    assert_eq!(findings[0].code, Code::PlanningStateInvalid);
    let told = &findings[0].message;
    assert!(told.len() > 10 && !told.contains('\n'), "{told}");
}

#[test]
fn a_field_that_nobody_knows_makes_a_record_unusable() {
    let project = Project::new();
    let slug = project.planning("a", "migrations");
    let path = project.live.migration(&slug).join(".planning/state.json");
    let state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for pointer in ["", "/completed_steps/0", "/completed_steps/0/outputs"] {
        let mut odd = state.clone();
        odd.pointer_mut(pointer).unwrap()["odd"] = 1.into();
        fs::write(&path, odd.to_string()).unwrap();
        assert_eq!(
            codes(&project, &slug),
            [Code::PlanningStateInvalid],
            "{pointer}"
        );
    }
    fs::write(&path, state.to_string()).unwrap();
    let examination = examine(&RealDisk, &project.live, &slug);
    let record = examination.state.unwrap().unwrap().state;
    assert_eq!(record.target(), "src/a.rs");
}

#[test]
fn what_the_original_finds_comes_before_what_it_does_not_look_at() {
    let project = Project::new();
    let slug = project.planning("a", "migrations");
    let path = project.live.migration(&slug).join("manifest.json");
    let manifest = fs::read_to_string(&path).unwrap();
    let manifest = manifest.replace("\"wake_up_on\":null", "\"wake_up_on\":\"soon\"");
    fs::write(&path, manifest).unwrap();
    project.write("a/.planning/state.json", "{}");
    assert_eq!(
        codes(&project, &slug),
        [Code::PlanningStateInvalid, Code::InvalidTimestamp]
    );
}

#[test]
fn a_report_has_errors_where_something_blocks() {
    let project = Project::new();
    project.ready("a");
    project.write("a/plan.md", "");
    project.write("b/manifest.json", "{");
    project.write("__transactions__/0123/x", "");
    let reports = examine_all(&RealDisk, &project.live).expect("a listing");
    let told: Vec<_> = reports
        .iter()
        .map(|report| (report.subject.as_str(), report.has_errors()))
        .collect();
    assert_eq!(
        told,
        [("a", false), ("b", true), ("__transactions__", true)]
    );
    let left: Vec<_> = reports[2].findings.iter().map(|it| it.code).collect();
    assert_eq!(left, [Code::TransactionLeftover], "and no lock");
}
