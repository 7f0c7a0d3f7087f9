//! Deciding repairs: each can act, none loses what was accepted.

use std::fs;

use piton_durable::RealDisk;
use piton_migration::consistency::{Code, examine};
use piton_migration::repair::{Action, Repairs, decide, survey};
use serde_json::json;

use crate::scratch::{Project, phase};

fn decided(project: &Project) -> Repairs {
    let survey = survey(&RealDisk, &project.live).expect("a survey");
    decide(&survey)
}

/// Spells actions with paths relative to the live directory.
fn spelled(project: &Project, repairs: &Repairs) -> Vec<String> {
    let below = |path: &std::path::Path| {
        let below = path.strip_prefix(project.live.path()).expect("inside");
        below.display().to_string()
    };
    repairs
        .repairs
        .iter()
        .map(|repair| match &repair.action {
            Action::Write { path, .. } => format!("write {}", below(path)),
            Action::SetAside { path, .. } => format!("set aside {}", below(path)),
        })
        .collect()
}

#[test]
fn a_sound_directory_needs_no_repairs() {
    let project = Project::new();
    project.ready("a");
    assert_eq!(decided(&project), Repairs::default());
}

#[test]
fn manifests_are_mended_in_one_write_that_leaves_no_finding_of_theirs() {
    let project = Project::new();
    let mut done = phase("one", "phase-1-one.md");
    done["done"] = true.into();
    let slug = project.ready_with(
        "a",
        &json!({"name": "old", "phases": [done, phase("two", "phase-2-two.md")], "current_phase": ""}),
    );
    let repairs = decided(&project);
    assert_eq!(spelled(&project, &repairs), ["write a/manifest.json"]);
    for repair in &repairs.repairs {
        if let Action::Write { path, bytes, .. } = &repair.action {
            fs::write(path, bytes).expect("a file");
        }
    }
    assert_eq!(examine(&RealDisk, &project.live, &slug).findings, []);
}

#[test]
fn moved_references_are_pointed_home_and_broken_notes_set_aside() {
    let project = Project::new();
    let slug = project.planning("a", "old");
    project.write("a/.planning/piton.json", "[]");
    let repairs = decided(&project);
    assert_eq!(
        spelled(&project, &repairs),
        [
            "write a/.planning/state.json",
            "set aside a/.planning/piton.json"
        ]
    );
    if let Action::Write { path, bytes, .. } = &repairs.repairs[0].action {
        fs::write(path, bytes).expect("a file");
    }
    fs::remove_file(project.live.migration(&slug).join(".planning/piton.json")).expect("removed");
    assert_eq!(examine(&RealDisk, &project.live, &slug).findings, []);
}

#[test]
fn what_only_a_person_can_decide_is_left_with_advice() {
    let project = Project::new();
    project.write("a/manifest.json", "{");
    let repairs = decided(&project);
    assert_eq!(repairs.repairs, []);
    assert_eq!(repairs.left_alone[0].code, Code::InvalidManifest);
    assert!(!repairs.left_alone[0].advice.is_empty());
}
