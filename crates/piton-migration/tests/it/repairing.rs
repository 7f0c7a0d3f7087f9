//! Deciding repairs: each can act, none loses what was accepted.

use std::fs;

use piton_durable::RealDisk;
use piton_migration::consistency::{Code, examine};
use piton_migration::repair::{Action, Holder, Repairs, decide, survey};
use serde_json::json;

use crate::scratch::{Project, phase};

fn decided(project: &Project, holder: Holder) -> Repairs {
    let survey = survey(&RealDisk, &project.live, &|_| holder).expect("a survey");
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
            Action::Restore { from, to, .. } => format!("restore {} {}", below(from), below(to)),
            Action::SetAside { path } => format!("set aside {}", below(path)),
            Action::Remove { path } => format!("remove {}", below(path)),
        })
        .collect()
}

fn move_away(project: &Project, name: &str, to: &str) {
    let to = project.live.path().join(to);
    fs::create_dir_all(to.parent().expect("a parent")).expect("the parents");
    fs::rename(project.live.path().join(name), to).expect("a rename");
}

#[test]
fn a_sound_directory_needs_no_repairs() {
    let project = Project::new();
    project.ready("a");
    assert_eq!(decided(&project, Holder::Gone), Repairs::default());
}

#[test]
fn a_migration_that_vanished_half_way_comes_back() {
    let project = Project::new();
    project.ready("a");
    move_away(&project, "a", "__transactions__/01/rollback");
    project.write("__transactions__/01/staged/manifest.json", "{}");
    project.write("__transactions__/.lock/owner.json", "{\"pid\": 7}");
    let repairs = decided(&project, Holder::Gone);
    assert_eq!(
        spelled(&project, &repairs),
        [
            "restore __transactions__/01/rollback a",
            "remove __transactions__/01",
            "remove __transactions__/.lock",
        ]
    );
    assert!(repairs.repairs.iter().all(|repair| !repair.why.is_empty()));
}

#[test]
fn a_broken_live_migration_gives_way_to_the_sound_one_before() {
    let project = Project::new();
    project.ready("a");
    move_away(&project, "a", "__transactions__/01/rollback");
    project.write("a/manifest.json", "{");
    assert_eq!(
        spelled(&project, &decided(&project, Holder::Gone)),
        [
            "set aside a",
            "restore __transactions__/01/rollback a",
            "remove __transactions__/01",
        ]
    );
}

#[test]
fn what_went_through_is_cleaned_up_and_evidence_is_kept() {
    let project = Project::new();
    project.ready("a");
    project.ready("b");
    move_away(&project, "b", "__transactions__/01/rollback");
    project.ready("b");
    project.write("__transactions__/02/staged/x", "");
    project.write("__transactions__/03/failed/x", "");
    project.write("__transactions__/04/rollback/x", "");
    project.write("__transactions__/05/who-knows", "");
    assert_eq!(
        spelled(&project, &decided(&project, Holder::Gone)),
        [
            "remove __transactions__/01",
            "remove __transactions__/02",
            "set aside __transactions__/03",
            "set aside __transactions__/04",
            "set aside __transactions__/05",
        ]
    );
}

#[test]
fn nothing_is_touched_while_a_publish_runs() {
    let project = Project::new();
    project.write("__transactions__/.lock/owner.json", "{\"pid\": 7}");
    project.write("__transactions__/01/staged/x", "");
    let repairs = decided(&project, Holder::Running);
    assert_eq!(repairs.repairs, []);
    assert_eq!(repairs.left_alone.len(), 2);
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
    let repairs = decided(&project, Holder::Gone);
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
    let repairs = decided(&project, Holder::Gone);
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
    let repairs = decided(&project, Holder::Gone);
    assert_eq!(repairs.repairs, []);
    assert_eq!(repairs.left_alone[0].code, Code::InvalidManifest);
    assert!(!repairs.left_alone[0].advice.is_empty());
}
