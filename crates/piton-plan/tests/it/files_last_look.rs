//! Files that change between the last look and the performing, and what a look
//! at them says.

use std::path::Path;

use piton_base::Digest;
use piton_durable::DiskRead;
use piton_plan::files::{Content, DecideError, FileOp, FilePerformer, FileWorld, decide};
use piton_plan::{ConflictMode, Jobs, Operation, Output, Plan, PlanBuilder, Slot, changes, verify};
use piton_testkit::SimDisk;

use crate::files::{Op, ROOT, path, perform, plan, repo, wanted};
use crate::toy::{make, plan_id};

const NEW: &str = "/repo/docs/new.md";
const OLD: &str = "/repo/docs/old.md";

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn old() -> SimDisk {
    let disk = SimDisk::new();
    disk.put(OLD, "old\n");
    disk
}

fn moving() -> FileOp {
    FileOp::Move {
        from: path("docs/old.md"),
        to: path("docs/new.md"),
        was: digest("old\n"),
        why: "its new place".to_owned(),
    }
}

fn deleting() -> FileOp {
    FileOp::Delete {
        path: path("docs/old.md"),
        was: digest("old\n"),
        why: "not wanted".to_owned(),
    }
}

/// Decides on `old`.
fn putting(at: &str) -> FileOp {
    let mode = ConflictMode::Overwrite;
    decide(&old(), Path::new(ROOT), &wanted(at, "new\n"), mode).unwrap()
}

fn plan_of(operation: FileOp) -> Plan<FileOp> {
    let mut builder = PlanBuilder::new("test");
    builder.add(operation);
    builder.build().unwrap()
}

/// Looks at one disk and performs on another, as when somebody changes it in
/// between; returns whether it was done.
fn late(operation: FileOp, now: &SimDisk) -> bool {
    let root = Some(Path::new(ROOT));
    let world = FileWorld { disk: &old(), root };
    let performer = FilePerformer {
        disk: now,
        root,
        backups: Path::new("/backups"),
        gate: &piton_plan::Alone,
    };
    let report = crate::toy::performed(&plan_of(operation), &world, &performer);
    report.is_success()
}

#[test]
fn what_somebody_changes_at_the_last_moment_is_not_written_over_moved_or_deleted() {
    for operation in [putting("docs/old.md"), moving(), deleting()] {
        let disk = SimDisk::new();
        disk.put(OLD, "the user's\n");
        assert!(!late(operation.clone(), &disk), "{operation:?}");
        assert_eq!(disk.read(Path::new(OLD)).unwrap(), b"the user's\n");
        assert_eq!(disk.stat(Path::new(NEW)).unwrap(), None);
        assert!(late(operation, &old()), "nobody changed anything");
    }
}

#[test]
fn what_appears_at_the_last_moment_where_a_file_shall_go_is_not_written_over() {
    for operation in [putting("docs/new.md"), moving()] {
        let disk = old();
        disk.put(NEW, "the user's\n");
        assert!(!late(operation, &disk));
        assert_eq!(disk.read(Path::new(NEW)).unwrap(), b"the user's\n");
        assert_eq!(disk.read(Path::new(OLD)).unwrap(), b"old\n");
    }
}

#[test]
fn the_copy_of_the_first_attempt_stands() {
    let disk = old();
    disk.put("/backups/docs/old.md", "the original\n");
    assert!(late(deleting(), &disk));
    assert_eq!(
        disk.read(Path::new("/backups/docs/old.md")).unwrap(),
        b"the original\n"
    );
}

fn found_before(operation: FileOp, disk: &SimDisk) -> Vec<String> {
    let world = FileWorld {
        disk,
        root: Some(Path::new(ROOT)),
    };
    let changes = changes(plan_id(), &plan_of(operation), &world, Jobs::default());
    let told = changes.iter().map(|change| change.found.clone());
    told.collect()
}

#[test]
fn a_premise_that_broke_is_told_with_what_is_there_now() {
    for operation in [putting("docs/old.md"), moving(), deleting()] {
        assert!(found_before(operation.clone(), &old()).is_empty());
        let disk = SimDisk::new();
        disk.put(OLD, "the user's\n");
        let found = found_before(operation, &disk);
        assert_eq!(found.len(), 1);
        assert!(found[0].ends_with("(11 bytes)"), "{found:?}");
    }
}

#[test]
fn a_target_that_is_taken_is_told_although_the_source_is_as_it_was() {
    for text in ["other\n", "old\n"] {
        let disk = old();
        disk.put(NEW, text);
        assert_eq!(found_before(moving(), &disk).len(), 1, "{text}");
    }
}

#[test]
fn a_file_that_was_to_stay_beside_the_new_one_is_missed_once_it_changes() {
    let disk = old();
    let mut operation = putting("docs/old.md");
    let FileOp::Put { beside, .. } = &mut operation else {
        panic!("{operation:?}");
    };
    *beside = Some(path("docs/new.md"));
    let plan = plan_of(operation);
    let receipts = {
        let disk = old();
        perform(&disk, &plan)
    };
    let world = FileWorld {
        disk: &disk,
        root: Some(Path::new(ROOT)),
    };
    let clean = || verify(plan_id(), &plan, &receipts, &world, Jobs::default()).is_clean();
    disk.put(NEW, "new\n");
    assert!(clean());
    disk.put(OLD, "the user's\n");
    assert!(!clean());
}

#[test]
fn a_new_name_is_the_first_that_is_free_or_has_the_content_already() {
    let (disk, _) = repo();
    let rename = |disk: &SimDisk| {
        let files = [wanted("docs/differs.md", "new\n")];
        let plan = plan(disk, &files, ConflictMode::Rename).map_err(|wrong| wrong[0].clone())?;
        Ok(plan.actions()[0].id().to_string())
    };
    disk.put("/repo/docs/differs_001.md", "other\n");
    let second = "file:copy:docs/differs_002.md".to_owned();
    assert_eq!(rename(&disk), Ok(second));
    disk.put("/repo/docs/differs_002.md", "new\n");
    assert_eq!(rename(&disk), Ok("file:skip:docs/differs.md".to_owned()));
    for number in 2..=998 {
        disk.put(format!("/repo/docs/differs_{number:03}.md"), "other\n");
    }
    let last = "file:copy:docs/differs_999.md".to_owned();
    assert_eq!(rename(&disk), Ok(last));
    disk.put("/repo/docs/differs_999.md", "other\n");
    let path = path("docs/differs.md");
    assert_eq!(rename(&disk), Err(DecideError::NoNameLeft { path }));
}

#[test]
fn a_difference_is_shown_of_texts_that_are_not_too_long() {
    let shown = |old: usize, new: Content| {
        let disk = SimDisk::new();
        disk.put(OLD, "o".repeat(old));
        let mut file = wanted("docs/old.md", "");
        file.content = new;
        let decided = decide(&disk, Path::new(ROOT), &file, ConflictMode::Overwrite);
        match decided.unwrap() {
            FileOp::Put { diff, .. } => diff.is_some(),
            other => panic!("{other:?}"),
        }
    };
    let text = |len: usize| Content::Text("n".repeat(len));
    assert!(shown(32 << 10, text(32 << 10)));
    assert!(!shown(32 << 10, text((32 << 10) + 1)));
    assert!(!shown(3, Content::of(vec![0xff, 0x00])));
}

#[test]
fn a_file_of_several_pieces_gets_them_one_after_the_other() {
    let mut operation = putting("docs/new.md");
    let FileOp::Put { content, .. } = &mut operation else {
        panic!("{operation:?}");
    };
    let pieces = ["one ", "and two\n"].map(|text| Slot::Known(text.to_owned()));
    *content = Content::Pieces(pieces.to_vec());
    assert_eq!(content.known().as_deref(), Some(&b"one and two\n"[..]));
    let disk = old();
    assert!(late(operation, &disk));
    assert_eq!(disk.read(Path::new(NEW)).unwrap(), b"one and two\n");
    let backups = disk.stat(Path::new("/backups")).unwrap();
    assert_eq!(backups, None, "nothing had to be copied");
}

#[test]
fn a_file_waits_for_the_actions_whose_outputs_are_in_it() {
    let mut builder: PlanBuilder<Op> = PlanBuilder::new("both");
    let made = builder.add(make("gist").into());
    let id: Output<String> = Output::new("id");
    let mut operation = putting("docs/new.md");
    if let FileOp::Put { content, .. } = &mut operation {
        *content = Content::Pieces(vec![Slot::After(made.output(&id))]);
    }
    let outside = operation.clone().outside("/elsewhere".into());
    let files = [operation, outside].map(|operation| builder.add(operation.into()));
    let plan = builder.build().unwrap();
    for file in files {
        assert_eq!(plan.dependencies(file.id())[0].on, made.id());
    }
}

#[test]
fn a_file_outside_the_repository_is_named_in_full_and_written_there() {
    let operation = putting("docs/new.md").outside("/elsewhere".into());
    assert_eq!(operation.key().target, "/elsewhere/docs/new.md");
    let touched = operation.describe().touches;
    assert_eq!(touched, ["/elsewhere/docs/new.md"]);
    assert_eq!(
        operation.clone().outside("/x".into()).key().target,
        "/x/docs/new.md"
    );
    let disk = old();
    disk.put_dir("/elsewhere");
    assert!(late(operation.clone(), &disk));
    assert_eq!(disk.stat(Path::new(NEW)).unwrap(), None);
    let there = Path::new("/elsewhere/docs/new.md");
    assert_eq!(disk.read(there).unwrap(), b"new\n");
    let json = serde_json::to_value(&operation).unwrap();
    let read = |json: &serde_json::Value| serde_json::from_value::<FileOp>(json.clone());
    assert_eq!(read(&json).unwrap(), operation);
    let mut relative = json.clone();
    relative["outside"]["root"] = "elsewhere".into();
    read(&relative).unwrap_err();
    let mut nested = json.clone();
    nested["outside"]["file"] = json;
    read(&nested).unwrap_err();
}
