//! Work folders, and the references in them.

use std::fs;

use piton_backend::folder::{
    Checkout, CheckoutError, Event, Looked, RefFile, RunState, find_folder, read_reference,
    write_state,
};
use piton_durable::RealDisk;
use piton_testkit::{TapDisk, input_output};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::corpus::corpus;

#[derive(Deserialize)]
struct Record {
    id: String,
    file: String,
    landing: Json,
    head: Json,
}

#[test]
fn every_reference_is_read_as_it_was_recorded() {
    let Some(dir) = corpus() else { return };
    let mut tried = 0;
    for line in fs::read_to_string(dir.join("expected-refs.jsonl"))
        .unwrap()
        .lines()
    {
        let record: Record = serde_json::from_str(line).unwrap();
        let bytes = fs::read(dir.join(&record.file)).unwrap();
        let read = read_reference(&bytes);
        // The newer reader knows more shapes, but forgot the oldest.
        let mut recorded = record.head["result"].clone();
        if recorded.is_null() {
            recorded = record.landing["result"].clone();
        }
        match (&read, recorded.is_null()) {
            (RefFile::Plan(plan), false) => {
                let id = if recorded["pr_id"].is_null() {
                    &recorded["plan_id"]
                } else {
                    &recorded["pr_id"]
                };
                assert_eq!(json!(plan.provider), recorded["provider"], "{}", record.id);
                assert_eq!(json!(plan.id), *id, "{}", record.id);
                assert_eq!(json!(plan.url), recorded["url"], "{}", record.id);
                assert_eq!(json!(plan.created_at), recorded["created_at"]);
                assert_eq!(json!(plan.synced_at), recorded["synced_at"]);
                assert_eq!(json!(plan.labels), recorded["labels"], "{}", record.id);
                assert_eq!(json!(plan.objective), recorded["objective_id"]);
                assert_eq!(json!(plan.nodes), recorded["node_ids"], "{}", record.id);
            }
            (RefFile::WithoutId { .. } | RefFile::Unreadable(_), true) => {}
            (read, _) => panic!("{}: {read:?}, recorded {recorded}", record.id),
        }
        tried += 1;
    }
    println!("tried {tried}");
}

#[test]
fn a_reference_without_an_id_is_told_from_a_broken_one() {
    let check = |text: &str, expected: fn(&RefFile) -> bool| {
        let read = read_reference(text.as_bytes());
        assert!(expected(&read), "{text}: {read:?}");
    };
    check(
        r#"{"provider": "github-draft-pr", "title": "T", "objective_id": 3}"#,
        |read| {
            matches!(
                read,
                RefFile::WithoutId {
                    objective: Some(3),
                    ..
                }
            )
        },
    );
    for text in ["", "7", "null", "[]", "{}", "{\"provider\": 1}", "\"x\""] {
        check(text, |read| matches!(read, RefFile::Unreadable(_)));
    }
    assert!(matches!(read_reference(b"\xff"), RefFile::Unreadable(_)));
    check(
        r#"{"provider": "github", "plan_id": 42, "url": "u", "created_at": "c", "synced_at": "s"}"#,
        |read| matches!(read, RefFile::Plan(plan) if plan.id == "42"),
    );
}

fn checkout(dir: &std::path::Path) -> Checkout {
    fs::create_dir_all(dir.join(".git")).unwrap();
    fs::write(dir.join(".git/HEAD"), "ref: refs/heads/plnd/x\n").unwrap();
    fs::write(
        dir.join(".git/config"),
        "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = git@github.com:acme/app.git\n",
    )
    .unwrap();
    Checkout::around(&RealDisk, &dir.join("a/b")).unwrap()
}

const PLAN: &str =
    r#"{"provider": "github", "plan_id": "42", "url": "u", "created_at": "c", "synced_at": "s"}"#;

#[test]
fn a_checkout_is_found_by_reading_files() {
    let dir = tempfile::tempdir().unwrap();
    let found = checkout(dir.path());
    assert_eq!(found.root, dir.path());
    assert_eq!(found.branch.as_deref(), Some("plnd/x"));
    assert_eq!(found.remote.as_deref(), Some("git@github.com:acme/app.git"));
    assert!(Checkout::around(&RealDisk, std::path::Path::new("/")).is_err());
}

#[test]
fn a_checkout_whose_files_cannot_be_read_is_not_taken_for_another() {
    let dir = tempfile::tempdir().unwrap();
    let whole = checkout(dir.path());
    // A clone that shares another one's: who misses that looks in the wrong place.
    fs::create_dir(dir.path().join("shared")).unwrap();
    fs::rename(
        dir.path().join(".git/config"),
        dir.path().join("shared/config"),
    )
    .unwrap();
    fs::write(dir.path().join(".git/commondir"), "../shared\n").unwrap();
    let found = Checkout::around(&RealDisk, dir.path()).unwrap();
    assert_eq!(found.remote, whole.remote);
    for name in ["commondir", "HEAD", "config"] {
        let failing = TapDisk::looking(RealDisk, move |path| {
            if path.ends_with(name) {
                return Err(input_output());
            }
            Ok(())
        });
        let found = Checkout::around(&failing, dir.path());
        assert!(
            matches!(found, Err(CheckoutError::Disk(_))),
            "{name}: {found:?}"
        );
    }
    fs::remove_file(dir.path().join("shared/config")).unwrap();
    let found = Checkout::around(&RealDisk, dir.path()).unwrap();
    assert_eq!(found.remote, None, "there are no settings");
    fs::write(
        dir.path().join("shared/config"),
        b"# \xff\n[remote \"origin\"]\n\turl = x\n",
    )
    .unwrap();
    let found = Checkout::around(&RealDisk, dir.path()).unwrap();
    assert_eq!(found.remote.as_deref(), Some("x"));
}

#[test]
fn the_folder_is_found_from_below_and_the_one_of_the_branch_counts_first() {
    let dir = tempfile::tempdir().unwrap();
    let checkout = checkout(dir.path());
    let below = dir.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    let found = |branch: Option<&str>| find_folder(&RealDisk, &checkout, &below, branch);
    assert!(found(None).is_err());

    let put = |folder: &str, text: &str| {
        fs::create_dir_all(dir.path().join(folder)).unwrap();
        fs::write(dir.path().join(folder).join("plan-ref.json"), text).unwrap();
    };
    put(".worker-impl", PLAN);
    assert!(found(None).unwrap().path.ends_with(".worker-impl"));
    fs::create_dir_all(dir.path().join(".impl")).unwrap();
    assert!(
        found(None).unwrap().path.ends_with(".worker-impl"),
        "a folder that names no plan does not count before one that does"
    );
    put(".impl", PLAN);
    assert!(found(None).unwrap().path.ends_with(".impl"));
    put(".erk/impl-context/other--branch", PLAN);
    assert!(found(Some("plnd/x")).unwrap().path.ends_with(".impl"));
    put(".erk/impl-context/plnd--x", PLAN);
    let folder = found(Some("plnd/x")).unwrap();
    assert!(folder.path.ends_with("plnd--x"));
    assert!(matches!(folder.looked, Looked::Plan(plan) if plan.id == "42"));
}

#[test]
fn a_state_file_that_is_a_link_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let state = RunState {
        event: Event::Started,
        at: "2026-02-15T10:02:11.301122Z".parse().unwrap(),
        session: None,
        user: "octo\u{e9}".to_owned(),
    };
    let elsewhere = dir.path().join("elsewhere");
    fs::write(&elsewhere, "precious").unwrap();
    let folder = dir.path().join(".impl");
    let scratch = dir.path().join("scratch");
    assert!(write_state(&RealDisk, &scratch, &folder, &state).is_err());
    fs::create_dir(&folder).unwrap();
    write_state(&RealDisk, &scratch, &folder, &state).unwrap();
    let file = folder.join("local-run-state.json");
    assert_eq!(
        fs::read_to_string(&file).unwrap(),
        "{\n  \"last_event\": \"started\",\n  \"timestamp\": \"2026-02-15T10:02:11.301122+00:00\",\n  \"session_id\": null,\n  \"user\": \"octo\\u00e9\"\n}"
    );
    // Nothing can be written below a file: then it is written in the folder.
    let nowhere = elsewhere.join("scratch");
    fs::remove_file(&file).unwrap();
    write_state(&RealDisk, &nowhere, &folder, &state).unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    assert!(write_state(&RealDisk, &scratch, &folder, &state).is_err());
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "precious");
}

#[test]
fn a_reference_that_is_a_link_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let checkout = checkout(dir.path());
    let folder = dir.path().join(".impl");
    fs::create_dir(&folder).unwrap();
    fs::write(dir.path().join("elsewhere"), PLAN).unwrap();
    let file = folder.join("plan-ref.json");
    std::os::unix::fs::symlink("../elsewhere", &file).unwrap();
    let found = find_folder(&RealDisk, &checkout, dir.path(), None).unwrap();
    let Looked::Unreadable { why, .. } = &found.looked else {
        panic!("{found:?}");
    };
    assert!(why.contains("links are not followed"), "{why}");
    // Another file of the folder may still say which plan it is.
    fs::write(folder.join("ref.json"), PLAN).unwrap();
    let found = find_folder(&RealDisk, &checkout, dir.path(), None).unwrap();
    assert!(matches!(found.looked, Looked::Plan(_)), "{found:?}");
}
