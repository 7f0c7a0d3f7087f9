//! What the doctor finds beyond what the original looks at.

mod documents;
mod records;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use piton_durable::RealDisk;
use piton_migration::consistency::{Code, Mode, Severity, check, examine, examine_all};
use piton_migration::report;
use piton_migration::slug::Slug;
use serde_json::json;

use crate::scratch::{DOCUMENT, Project, phase};

fn codes(project: &Project, slug: &Slug) -> Vec<Code> {
    let findings = examine(&RealDisk, &project.live, slug).findings;
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_sound_migration_has_no_findings() {
    let project = Project::new();
    let (ready, planning) = (project.ready("a"), project.planning("b", "migrations"));
    assert_eq!(codes(&project, &ready), []);
    assert_eq!(codes(&project, &planning), []);
    assert_eq!(
        examine_all(&RealDisk, &project.live).expect("a listing"),
        []
    );
}

#[test]
fn what_the_original_accepts_is_never_more_than_a_warning() {
    let project = Project::new();
    let mut done = phase("one", "phase-1-one.md");
    done["done"] = true.into();
    done["precondition"] = " \u{1c}".into();
    let slug = project.ready_with(
        "a",
        &json!({
            "created_at": "yesterday",
            "wake_up_on": "2026-06-01T10:00:00",
            "phases": [done, phase("two", "phase-2-two.md")],
        }),
    );
    project.write("a/plan.md", "");
    project.write("a/.planning/piton.json", "{\"version\": 7}");
    symlink("plan.md", project.live.migration(&slug).join("link")).expect("a link");
    let findings = examine(&RealDisk, &project.live, &slug).findings;
    let found: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(
        found,
        [
            Code::InvalidTimestamp,
            Code::InvalidTimestamp,
            Code::EmptyPhasePrecondition,
            Code::CurrentPhaseDone,
            Code::EmptyPlan,
            Code::UnpublishableEntry,
            Code::OwnDataInvalid,
        ]
    );
    assert!(
        findings
            .iter()
            .all(|finding| finding.severity < Severity::Error)
    );
}

#[test]
fn documents_that_are_no_text_are_findings_where_they_must_be_read() {
    let project = Project::new();
    let slug = project.ready("a");
    project.write("a/phase-1-one.md", b"## Precondition\n\xff\n");
    assert_eq!(codes(&project, &slug), [Code::UnreadablePhaseDoc]);
    let dir = project.live.migration(&slug);
    assert_eq!(check(&RealDisk, &dir, &slug, Mode::ExecutionGate), []);
}

#[test]
fn nothing_outside_is_opened() {
    let project = Project::new();
    fs::write(project.root().join("secret.md"), "no headings").expect("a file");
    let slug = project.ready_with(
        "a",
        &json!({"phases": [
            phase("one", "../../secret.md"),
            phase("two", "door/secret.md"),
            phase("three", "loop"),
            phase("four", "inner/phase-4-four.md"),
            phase("five", "a\u{0}b"),
        ]}),
    );
    let dir = project.live.migration(&slug);
    symlink(project.root(), dir.join("door")).expect("a link");
    symlink("loop", dir.join("loop")).expect("a link");
    project.write("a/real/phase-4-four.md", DOCUMENT);
    symlink("real", dir.join("inner")).expect("a link");
    for &mode in Mode::ALL {
        let found: Vec<_> = check(&RealDisk, &dir, &slug, mode)
            .iter()
            .map(|finding| finding.code)
            .filter(|code| !code.is_own() && *code != Code::PhaseDocNotInManifest)
            .collect();
        assert_eq!(
            found,
            [
                Code::InvalidPhaseFileReference,
                Code::PhaseFileEscapesMigration,
                Code::PhaseFileNotRegular,
                Code::MissingPhaseFile,
            ],
            "{mode}"
        );
    }
}

#[test]
fn a_manifest_that_is_a_link_is_not_followed() {
    let project = Project::new();
    let slug = project.ready("a");
    let path = project.live.migration(&slug).join("manifest.json");
    fs::rename(&path, project.root().join("elsewhere.json")).expect("a rename");
    symlink(project.root().join("elsewhere.json"), &path).expect("a link");
    assert_eq!(codes(&project, &slug), [Code::InvalidManifest]);
}

#[test]
fn a_pipe_cannot_hold_the_doctor_up() {
    let project = Project::new();
    let slug = project.ready("a");
    let path = project.live.migration(&slug).join("phase-1-one.md");
    fs::remove_file(&path).expect("it was there");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|status| status.success()));
    assert_eq!(
        codes(&project, &slug),
        [Code::PhaseFileNotRegular, Code::UnpublishableEntry]
    );
}

#[test]
fn planning_records_are_checked_whatever_the_status() {
    let project = Project::new();
    let slug = project.planning("a", "migrations");
    project.write("a/.planning/stages/extra.stdout.md", "unasked");
    assert_eq!(codes(&project, &slug), [Code::UnreferencedStageOutput]);
    project.write("a/.planning/state.json", "{}");
    assert_eq!(codes(&project, &slug), [Code::PlanningStateInvalid]);
    fs::remove_dir_all(project.live.migration(&slug).join(".planning")).expect("removed");
    assert_eq!(codes(&project, &slug), [Code::PlanningStateMissing]);

    let ready = project.ready("b");
    project.write("b/.planning/state.json", "{}");
    assert_eq!(codes(&project, &ready), [Code::PlanningStateUnusable]);
}

#[test]
fn a_record_from_before_a_move_still_counts() {
    let project = Project::new();
    let slug = project.planning("a", "old/place");
    let examination = examine(&RealDisk, &project.live, &slug);
    assert!(matches!(examination.state, Some(Ok(_))));
    assert_eq!(codes(&project, &slug), [Code::StageReferenceMoved]);
}

#[test]
fn one_broken_migration_hides_no_other() {
    let project = Project::new();
    project.ready("m-sound");
    project.write("a-empty/README.md", "");
    project.write("b-torn/manifest.json", "{");
    project.write("c-binary/manifest.json", b"\xff\xfe");
    project.ready_with("z-renamed", &json!({"name": "other"}));
    let unnameable = project.live.path().join(OsStr::from_bytes(b"n\xff"));
    fs::create_dir(unnameable).expect("a directory");
    project.write(
        "__transactions__/.lock/owner.json",
        "{\"pid\": 7, \"operation\": \"a\\tb\"}",
    );
    project.write("__transactions__/0123/staged/x", "");
    project.write("__transactions__/stray", "");
    let reports = examine_all(&RealDisk, &project.live).expect("a listing");
    let found: Vec<_> = reports
        .iter()
        .flat_map(|report| {
            report
                .findings
                .iter()
                .map(|it| (report.subject.as_str(), it.code))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("a-empty", Code::MissingManifest),
            ("b-torn", Code::InvalidManifest),
            ("c-binary", Code::InvalidManifest),
            ("z-renamed", Code::ManifestSlugMismatch),
            ("n\u{fffd}", Code::NameNotUtf8),
            ("__transactions__", Code::PublishLockPresent),
            ("__transactions__", Code::TransactionLeftover),
        ]
    );
    for line in report::lines(&reports).lines() {
        assert_eq!(line.split('\t').count(), 5, "{line}");
    }
    let lock = &reports[5].findings[0].message;
    assert!(
        lock.contains("pid=7") && lock.contains("operation=a\\tb"),
        "{lock}"
    );
}

#[test]
fn a_file_in_the_place_of_the_transactions_is_a_finding() {
    let project = Project::new();
    project.write("__transactions__", "");
    let reports = examine_all(&RealDisk, &project.live).expect("a listing");
    assert_eq!(reports[0].findings[0].code, Code::TransactionRootInvalid);
}

#[test]
fn the_forms_of_output_tell_the_same() {
    let project = Project::new();
    project.write("a/manifest.json", "[]");
    let reports = examine_all(&RealDisk, &project.live).expect("a listing");
    let root = project.root().to_str().expect("UTF-8");
    insta::assert_snapshot!(
        report::lines(&reports).replace(root, "/repo").replace('\t', " | "),
        @"a | error | invalid-manifest | /repo/migrations/a/manifest.json | it holds a wrong field: the document is an array; it must be an object"
    );
    insta::assert_snapshot!(report::pretty(&reports).replace(root, "/repo"), @r"
    a
      error invalid-manifest
        /repo/migrations/a/manifest.json
        it holds a wrong field: the document is an array; it must be an object
        Correct the field that the message names, or restore the file from git.
    1 errors, 0 other findings
    ");
    assert_eq!(report::pretty(&[]), "");
    assert_eq!(
        report::json(&reports)[0]["findings"][0]["code"],
        "invalid-manifest"
    );
    let log = report::sarif(&reports, project.root(), "1");
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "invalid-manifest");
}
