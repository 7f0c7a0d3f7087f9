//! The list, and one migration in full.

use piton_durable::RealDisk;
use piton_migration::listing::{Filter, Trouble, list, tsv};
use piton_migration::live::LiveDir;
use piton_migration::manifest::Status;
use piton_migration::show::{render, show};
use serde_json::{Value, json};

use crate::scratch::Project;

fn project() -> Project {
    let project = Project::new();
    project.ready("b-ready");
    project.planning("a-planning", "migrations");
    project.planning("c-blocked", "migrations");
    project.write("c-blocked/.planning/state.json", "{}");
    project.write("d-broken/manifest.json", "{\n");
    project.write("e-empty/x", "");
    project.ready_with(
        "f-waiting",
        &json!({
            "awaiting_human_review": true,
            "human_review_reason": "is\tthis\nright?",
            "cooldown_until": "2026-06-01T16:00:00.000+00:00",
        }),
    );
    project.ready_with("g-done", &json!({"status": "done", "current_phase": ""}));
    project
}

#[test]
fn programs_get_the_originals_columns_and_no_broken_row() {
    let project = project();
    let rows = list(&RealDisk, &project.live, Filter::default()).expect("a list");
    insta::assert_snapshot!(tsv(&rows, true).replace('\t', " | "), @r"
    slug | status | cursor | awaiting_review | last_touch | cooldown | reason
    a-planning | planning | planning:expand | no | 2026-06-01T10:00:00.000+00:00 | (none) | (none)
    b-ready | ready | phase-1-one.md | no | 2026-06-01T10:00:00.000+00:00 | (none) | (none)
    c-blocked | planning | planning:blocked | no | 2026-06-01T10:00:00.000+00:00 | (none) | planning-state-invalid
    d-broken | invalid-manifest | blocked | no | (none) | (none) | invalid-manifest: it is not JSON: expected a key in double quotes at byte 2
    e-empty | invalid-manifest | blocked | no | (none) | (none) | missing-manifest
    f-waiting | ready | phase-1-one.md | yes | 2026-06-01T10:00:00.000+00:00 | 2026-06-01T16:00:00.000+00:00 | is\tthis\nright?
    g-done | done | (none) | no | 2026-06-01T10:00:00.000+00:00 | (none) | (none)
    ");
}

#[test]
fn each_row_says_what_keeps_it_from_going_on() {
    let project = project();
    project.ready_with("h-nowhere", &json!({"current_phase": ""}));
    project.ready_with("i-hollow", &json!({"phases": [], "current_phase": ""}));
    let rows = list(&RealDisk, &project.live, Filter::default()).expect("a list");
    let troubles: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row.slug.as_str(), row.trouble.clone()?)))
        .collect();
    let told = "it is not JSON: expected a key in double quotes at byte 2";
    assert_eq!(
        troubles,
        [
            ("c-blocked", Trouble::PlanningRecordInvalid),
            ("d-broken", Trouble::ManifestInvalid(told.to_owned())),
            ("e-empty", Trouble::ManifestMissing),
            ("h-nowhere", Trouble::NoCurrentPhase),
            ("i-hollow", Trouble::NoPhases),
        ]
    );
}

#[test]
fn filters_leave_out_what_has_no_status() {
    let project = project();
    let names = |filter| {
        let rows = list(&RealDisk, &project.live, filter).expect("a list");
        rows.iter()
            .map(|row| row.slug.to_string())
            .collect::<Vec<_>>()
    };
    let status = Some(Status::Ready);
    let awaiting_review = false;
    let filter = Filter {
        status,
        awaiting_review,
    };
    assert_eq!(names(filter), ["b-ready", "f-waiting"]);
    let awaiting_review = true;
    let filter = Filter {
        status: None,
        awaiting_review,
    };
    assert_eq!(names(filter), ["f-waiting"]);
}

#[test]
fn a_missing_live_directory_lists_as_empty() {
    let project = Project::new();
    let live = LiveDir::new(project.root(), "nowhere");
    let rows = list(&RealDisk, &live, Filter::default()).expect("a list");
    assert_eq!(tsv(&rows, true).lines().count(), 1);
    assert_eq!(tsv(&rows, false), "");
}

#[test]
fn show_tells_where_a_migration_stands() {
    let project = project();
    let now = "2026-06-02T00:00:00Z".parse().expect("an instant");
    let told = |name: &str| {
        let slug = name.parse().expect("a slug");
        show(&RealDisk, &project.live, &slug, now)
    };
    let value = serde_json::to_value(told("b-ready")).expect("JSON");
    for (pointer, expected) in [
        ("/slug", json!("b-ready")),
        ("/status", json!("ready")),
        ("/awaiting_human_review", json!(false)),
        ("/current_phase", json!("one")),
        ("/phases/1/waits_for", json!("one")),
        (
            "/phases/0/definition_of_done",
            json!("- the tests pass\n- nothing else changed"),
        ),
        ("/planning", Value::Null),
        ("/eligible", json!(true)),
        ("/next/kind", json!("phase")),
        ("/findings", json!([])),
    ] {
        assert_eq!(value.pointer(pointer), Some(&expected), "{pointer}");
    }
    assert_eq!(value["digest"].as_str().map(str::len), Some(64));

    let value = serde_json::to_value(told("a-planning")).expect("JSON");
    assert_eq!(value["planning"]["next_step"], "expand");
    assert_eq!(value["planning"]["completed"][1]["name"], "pick-best");
    assert_eq!(
        value["next"],
        json!({"kind": "planning-step", "step": "expand", "when": {"at": "now"}})
    );

    let value = serde_json::to_value(told("d-broken")).expect("JSON");
    assert_eq!(value["status"], Value::Null);
    assert_eq!(
        value["next"],
        json!({"kind": "blocked", "reason": "invalid-manifest"})
    );

    // Modes depend on the machine, and the digest on modes.
    let text: String = render(&told("f-waiting"), &|at| at.to_string())
        .lines()
        .filter(|line| !line.starts_with("digest: "))
        .fold(String::new(), |text, line| text + line + "\n");
    insta::assert_snapshot!(text, @r"
    f-waiting  ready
    next: a person has to review it: is\tthis\nright?
    created: 2026-06-01T10:00:00Z
    touched: 2026-06-01T10:00:00Z
    cools down until: 2026-06-01T16:00:00Z

    phases
      [>] one
          file: phase-1-one.md
          needs: The tests pass.
          done when:
            - the tests pass
            - nothing else changed
      [ ] two, waits for one
          file: phase-2-two.md
          needs: The tests pass.
          done when:
            - the tests pass
            - nothing else changed
    ");
}

#[test]
fn a_manifest_of_16_mib_is_read_and_a_larger_one_is_refused_without_being_read() {
    use piton_migration::live::load_manifest;
    use piton_migration::load::LoadError;
    use std::io::Write;

    let project = project();
    let dir = project.live.path().join("b-ready");
    let path = dir.join("manifest.json");
    let length = std::fs::read(&path).unwrap().len();
    let mut manifest = std::fs::File::options().append(true).open(path).unwrap();
    // Spaces at the end of JSON say nothing.
    manifest
        .write_all(&vec![b' '; (16 << 20) - length])
        .unwrap();
    load_manifest(&RealDisk, &dir).unwrap();
    manifest.set_len((16 << 20) + 1).unwrap();
    match load_manifest(&RealDisk, &dir) {
        Err(LoadError::Disk(source)) => {
            assert_eq!(source.kind(), std::io::ErrorKind::FileTooLarge);
        }
        other => panic!("{other:?}"),
    }
}
