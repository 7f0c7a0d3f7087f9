//! What the doctor says of plans, phase documents and what names them.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use piton_durable::RealDisk;
use piton_migration::consistency::{Code, Mode, check, examine};
use piton_migration::live::load_manifest;
use piton_migration::{consistency, slug::Slug};
use piton_testkit::{TapDisk, input_output};
use serde_json::{Value, json};

use super::codes;
use crate::scratch::{DOCUMENT, Project, phase};

#[test]
fn two_documents_of_one_number_or_one_name_are_told() {
    let project = Project::new();
    let slug = project.ready("a");
    project.write("a/phase-1-two.md", DOCUMENT);
    assert_eq!(
        codes(&project, &slug),
        [Code::DuplicatePhaseDocIndex, Code::DuplicatePhaseDocName]
    );
}

#[test]
fn a_migration_to_be_carried_out_has_a_cursor_on_one_of_its_phases() {
    let project = Project::new();
    let nowhere = project.ready_with("a", &json!({"current_phase": ""}));
    assert_eq!(codes(&project, &nowhere), [Code::InvalidCurrentPhase]);
    let changes = json!({"current_phase": "", "phases": []});
    let empty = project.ready_with("b", &changes);
    let found = codes(&project, &empty);
    assert_eq!(found[0], Code::MissingManifestPhases);
    assert!(!found.contains(&Code::InvalidCurrentPhase));
}

#[test]
fn a_cursor_may_be_the_position_that_older_versions_wrote() {
    let project = Project::new();
    let slug = project.ready("a");
    let path = project.live.migration(&slug).join("manifest.json");
    let manifest = fs::read_to_string(&path).unwrap();
    for (cursor, found) in [
        ("0", &[][..]),
        ("-0", &[]),
        ("1", &[]),
        ("2", &[Code::InvalidCurrentPhase]),
        ("-1", &[Code::InvalidCurrentPhase]),
    ] {
        let cursor = format!("\"current_phase\":{cursor}");
        let older = manifest.replace("\"current_phase\":\"one\"", &cursor);
        assert_ne!(older, manifest);
        fs::write(&path, older).unwrap();
        assert_eq!(codes(&project, &slug), found, "{cursor}");
    }
    let nameless = json!({"current_phase": 0, "phases": [phase("", "phase-1-one.md")]});
    let slug = project.ready_with("a", &nameless);
    assert!(codes(&project, &slug).contains(&Code::InvalidCurrentPhase));
}

#[test]
fn a_phase_states_its_precondition_or_what_older_versions_called_it() {
    let project = Project::new();
    let told = |change: fn(&mut Value)| {
        let mut one = phase("one", "phase-1-one.md");
        change(&mut one);
        let phases = json!([one, phase("two", "phase-2-two.md")]);
        let slug = project.ready_with("a", &json!({"phases": phases}));
        let findings = examine(&RealDisk, &project.live, &slug).findings;
        findings.first().map(|it| it.message.clone())
    };
    let removed = |one: &mut Value| _ = one.as_object_mut().unwrap().remove("precondition");
    let missing = told(removed).unwrap();
    assert!(
        missing.contains("precondition") && !missing.contains("ready_when"),
        "{missing}"
    );
    let older = |one: &mut Value| {
        one.as_object_mut().unwrap().remove("precondition");
        one["ready_when"] = "The tests pass.".into();
    };
    assert_eq!(told(older), None);
    let null = |one: &mut Value| {
        one["precondition"] = Value::Null;
        one["ready_when"] = "The tests pass.".into();
    };
    assert!(told(null).unwrap().contains("precondition"));
}

#[test]
fn a_document_too_long_for_agents_is_told_and_one_too_long_to_read_is_not_read() {
    let project = Project::new();
    let slug = project.ready("a");
    let path = project.live.migration(&slug).join("phase-1-one.md");
    let found = |text: &str, len: u64| {
        fs::write(&path, text).unwrap();
        // What is beyond the text is zeros, and takes no room.
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_len(len).unwrap();
        codes(&project, &slug)
    };
    assert_eq!(found(DOCUMENT, 256 << 10), []);
    assert_eq!(found(DOCUMENT, (256 << 10) + 1), [Code::OversizedPhaseDoc]);
    let missing = [
        Code::MissingPhasePrecondition,
        Code::MissingPhaseDefinitionOfDone,
        Code::OversizedPhaseDoc,
    ];
    assert_eq!(found("", 16 << 20), missing);
    assert_eq!(found("", (16 << 20) + 1), [Code::OversizedPhaseDoc]);
}

#[test]
fn what_the_disk_does_not_give_is_a_finding() {
    let project = Project::new();
    let slug = project.ready("a");
    let dir = project.live.migration(&slug);
    let manifest = load_manifest(&RealDisk, &dir).unwrap();
    let failing_at = |at: &'static str| {
        let at = dir.join(at);
        let disk = TapDisk::looking(RealDisk, move |path| {
            if path == at {
                return Err(input_output());
            }
            Ok(())
        });
        let mode = Mode::ReadyPublish;
        let findings = consistency::check_with(&disk, &dir, &slug, mode, &manifest);
        let told = |finding: &consistency::Finding| (finding.code, finding.message.clone());
        findings.iter().map(told).collect::<Vec<_>>()
    };
    let [(Code::InvalidManifest, told)] = &failing_at("")[..] else {
        panic!("the directory itself");
    };
    assert!(
        told.starts_with("the directory cannot be listed: "),
        "{told}"
    );
    let [(Code::UnreadablePhaseDoc, told)] = &failing_at("phase-1-one.md")[..] else {
        panic!("a document");
    };
    assert!(told.starts_with("cannot be read: "), "{told}");
}

#[test]
fn a_plan_may_be_behind_a_link_that_leads_somewhere() {
    let project = Project::new();
    let slug = project.ready("a");
    let dir = project.live.migration(&slug);
    fs::remove_file(dir.join("plan.md")).unwrap();
    assert_eq!(codes(&project, &slug), [Code::MissingPlan]);
    symlink("phase-1-one.md", dir.join("plan.md")).unwrap();
    let linked = [Code::UnpublishableEntry];
    assert_eq!(codes(&project, &slug), linked);
    fs::remove_file(dir.join("plan.md")).unwrap();
    symlink("nowhere", dir.join("plan.md")).unwrap();
    assert_eq!(
        codes(&project, &slug),
        [Code::MissingPlan, Code::UnpublishableEntry]
    );
}

#[test]
fn an_empty_plan_matters_where_it_is_carried_out() {
    let project = Project::new();
    let (ready, planning) = (project.ready("a"), project.planning("b", "migrations"));
    for slug in [&ready, &planning] {
        project.write(&format!("{slug}/plan.md"), "");
    }
    assert_eq!(codes(&project, &ready), [Code::EmptyPlan]);
    assert_eq!(codes(&project, &planning), []);
    let dir = project.live.migration(&ready);
    assert_eq!(check(&RealDisk, &dir, &ready, Mode::ReadyPublish), []);
}

fn with(status: &str, current: &str, done: [bool; 2]) -> Value {
    let mut phases = [
        phase("one", "phase-1-one.md"),
        phase("two", "phase-2-two.md"),
    ];
    for (phase, done) in phases.iter_mut().zip(done) {
        phase["done"] = done.into();
    }
    json!({"status": status, "current_phase": current, "phases": phases})
}

#[test]
fn a_migration_that_is_done_has_no_open_phases() {
    let project = Project::new();
    let codes_of = |changes: Value| codes(&project, &project.ready_with("a", &changes));
    assert_eq!(codes_of(with("done", "", [true, true])), []);
    let slug = project.ready_with("a", &with("done", "", [false, false]));
    let findings = examine(&RealDisk, &project.live, &slug).findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].code, Code::DoneWithUnfinishedPhases);
    assert_eq!(
        findings[0].message,
        "the migration is done, and 2 of its phases are not"
    );
    assert_eq!(codes_of(with("ready", "two", [true, false])), []);
    assert_eq!(
        codes_of(with("ready", "one", [true, false])),
        [Code::CurrentPhaseDone]
    );
    assert_eq!(codes_of(with("skipped", "one", [true, false])), []);
}

#[test]
fn names_that_are_no_text_and_links_are_told_wherever_they_are() {
    let project = Project::new();
    let slug = project.planning("a", "migrations");
    let dir = project.live.migration(&slug);
    let stages = dir.join(".planning/stages");
    for dir in [&dir, &stages] {
        symlink("plan.md", dir.join("link")).unwrap();
        fs::write(dir.join(OsStr::from_bytes(b"n\xff")), "").unwrap();
        fs::create_dir(dir.join("directory")).unwrap();
    }
    let findings = examine(&RealDisk, &project.live, &slug).findings;
    let of = |dir: &std::path::Path| {
        let here = findings.iter().filter(|it| it.path.parent() == Some(dir));
        here.map(|it| it.code).collect::<Vec<_>>()
    };
    let both = [Code::UnpublishableEntry, Code::NameNotUtf8];
    assert_eq!(of(&dir), both);
    assert_eq!(of(&stages), both);
}

/// What is said of a phase whose file is this, and where that is.
fn of_reference(project: &Project, slug: &Slug, file: &str) -> Option<(Code, String)> {
    let phases = json!({"phases": [phase("one", file)]});
    project.ready_with(slug.as_str(), &phases);
    let dir = project.live.migration(slug);
    let findings = check(&RealDisk, &dir, slug, Mode::ExecutionGate);
    let finding = findings.first()?;
    let path = finding.path.strip_prefix(&dir).unwrap_or(&finding.path);
    Some((finding.code, path.display().to_string()))
}

#[test]
fn the_file_of_a_phase_is_a_regular_file_of_the_migration() {
    let project = Project::new();
    let slug = project.ready("a");
    let dir = project.live.migration(&slug);
    project.write("a/deep/er/phase.md", DOCUMENT);
    fs::write(project.root().join("outside.md"), DOCUMENT).unwrap();
    for (link, to) in [
        ("door", project.root().to_str().unwrap()),
        ("in", "deep"),
        ("to-file", "deep/er/phase.md"),
        ("to-outside", "../../outside.md"),
        ("deep/to-file", "er/phase.md"),
    ] {
        symlink(to, dir.join(link)).unwrap();
    }
    for (file, code, path) in [
        (
            "/etc/phase.md",
            Code::InvalidPhaseFileReference,
            "/etc/phase.md",
        ),
        ("./.", Code::InvalidPhaseFileReference, ""),
        (
            "deep/../plan.md",
            Code::InvalidPhaseFileReference,
            "deep/../plan.md",
        ),
        ("missing.md", Code::MissingPhaseFile, "missing.md"),
        ("deep/missing.md", Code::MissingPhaseFile, "deep/missing.md"),
        (
            "missing/phase.md",
            Code::MissingPhaseFile,
            "missing/phase.md",
        ),
        (
            "plan.md/phase.md",
            Code::MissingPhaseFile,
            "plan.md/phase.md",
        ),
        ("in/missing.md", Code::MissingPhaseFile, "in/missing.md"),
        ("deep", Code::PhaseFileNotRegular, "deep"),
        ("deep/er", Code::PhaseFileNotRegular, "deep/er"),
        ("in/er", Code::PhaseFileNotRegular, "in/er"),
        ("to-file", Code::PhaseFileNotRegular, "to-file"),
        ("in/to-file", Code::PhaseFileNotRegular, "in/to-file"),
        ("to-outside", Code::PhaseFileEscapesMigration, "to-outside"),
        (
            "door/outside.md",
            Code::PhaseFileEscapesMigration,
            "door/outside.md",
        ),
        (
            "door/nothing.md",
            Code::PhaseFileEscapesMigration,
            "door/nothing.md",
        ),
    ] {
        let found = of_reference(&project, &slug, file);
        assert_eq!(found, Some((code, path.to_owned())), "{file}");
    }
    for file in [
        "plan.md",
        "deep/er/phase.md",
        ".//deep/./er/phase.md",
        "in/er/phase.md",
    ] {
        assert_eq!(of_reference(&project, &slug, file), None, "{file}");
    }
}
