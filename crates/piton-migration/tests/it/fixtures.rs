//! Old files for ever, and broken ones.

use std::error::Error;
use std::fs;
use std::path::Path;

use piton_migration::manifest::{Manifest, Status};
use piton_migration::planning::{Cursor, FeedbackSource, PlanningState, Step};

fn fixture(name: &str) -> Vec<u8> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    fs::read(dir.join(name)).expect(name)
}

fn told(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", told(source)),
        None => error.to_string(),
    }
}

#[test]
fn a_manifest_with_a_number_for_a_cursor_still_opens() {
    let manifest = Manifest::decode(&fixture("manifest-legacy.json")).expect("a manifest");
    assert_eq!(manifest.status(), Status::InProgress);
    assert_eq!(manifest.current_phase_name(), "tree");
    assert_eq!(manifest.phases()[0].precondition, "the grammar is frozen");
    let saved = String::from_utf8(manifest.encode()).expect("ASCII");
    assert!(saved.contains("\"current_phase\": \"tree\""));
    assert!(saved.contains("\"cooldown_until\": null"));
    assert!(!saved.contains("ready_when"));
}

#[test]
fn a_manifest_from_before_effort_tiers_gains_only_their_keys() {
    let bytes = fixture("manifest-before-effort.json");
    let manifest = Manifest::decode(&bytes).expect("a manifest");
    let saved = String::from_utf8(manifest.encode()).expect("ASCII");
    let without: String = saved
        .lines()
        .filter(|line| !line.contains("effort"))
        .fold(String::new(), |text, line| text + line + "\n");
    let expected = String::from_utf8(bytes).expect("ASCII");
    assert_eq!(without.replace("frozen\",\n", "frozen\"\n"), expected);
}

#[test]
fn a_planning_record_with_a_bare_feedback_and_one_anchor_still_opens() {
    let state = PlanningState::decode(&fixture("state-legacy.json")).expect("a record");
    assert_eq!(state.cursor(), Cursor::Step(Step::Revise));
    assert_eq!(state.anchors(), [3]);
    assert_eq!(state.feedback()[0].source, FeedbackSource::Message);
    assert_eq!(state.feedback()[0].received_at.as_str(), "");
    let saved = String::from_utf8(state.encode()).expect("ASCII");
    assert!(saved.contains("\"revision_base_step_counts\": [\n    3\n  ]"));
    assert!(!saved.contains("\"revision_base_step_count\":"));
}

#[test]
fn what_accidents_left_is_refused_with_the_place_and_the_reason() {
    let refusal = |name: &str| told(&Manifest::decode(&fixture(name)).expect_err(name));
    insta::assert_snapshot!(
        refusal("manifest-torn.json"),
        @"it is not JSON: a string without an end at byte 200"
    );
    insta::assert_snapshot!(
        refusal("manifest-empty.json"),
        @"it is not JSON: expected a value at byte 0"
    );
    insta::assert_snapshot!(
        refusal("manifest-latin1.json"),
        @"it is not UTF-8: invalid utf-8 sequence of 1 bytes from index 13"
    );
    let error = PlanningState::decode(&fixture("state-wrong-cursor.json")).expect_err("a refusal");
    insta::assert_snapshot!(
        told(&error),
        @"field `next_step` is `review-2`, and the history leads to `revise`"
    );
}

#[test]
fn stamps_without_an_offset_load_and_save_and_do_not_schedule() {
    let manifest = Manifest::decode(&fixture("manifest-naive-stamps.json")).expect("a manifest");
    let error = manifest
        .created_at()
        .instant()
        .expect_err("no point in time");
    insta::assert_snapshot!(
        error,
        @"`2026-01-05T08:00:00` has no offset, so it is not a point in time; allowed is a date and time with an offset, such as 2026-06-01T12:00:00.000+00:00"
    );
    assert!(String::from_utf8_lossy(&manifest.encode()).contains("\"2026-01-05T08:00:00\""));
}
