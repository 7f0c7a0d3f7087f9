//! Plans about files, over a simulated disk and a real one.

mod conflicts;
mod untouched;

use std::num::NonZeroUsize;
use std::path::Path;

use piton_base::{RepoPath, Stop};
use piton_durable::{Disk, DiskRead};
use piton_plan::files::{
    Content, DecideError, FileOp, FilePerformer, FileWorld, How, Wanted, ask_about, decide,
};
use piton_plan::{
    ConflictMode, Draft, ErrorPolicy, Input, Interaction, Jobs, NoRecord, Operation, Plan,
    PlanBuilder, Quiet, Ready, Receipt, Record, Report, Run, prepare,
};
use piton_testkit::SimDisk;

use crate::toy::{ID, Still, Toy, make, set};

pub(crate) const ROOT: &str = "/repo";

pub(crate) fn path(text: &str) -> RepoPath {
    text.parse().unwrap()
}

pub(crate) fn wanted(at: &str, text: &str) -> Wanted {
    Wanted {
        path: path(at),
        content: Content::Text(text.to_owned()),
        mode: 0o644,
        how: How::Copy,
        modified: None,
        why: "from the template".to_owned(),
    }
}

pub(crate) fn plan(
    disk: &dyn Disk,
    files: &[Wanted],
    mode: ConflictMode,
) -> Result<Plan<FileOp>, Vec<DecideError>> {
    let mut builder = PlanBuilder::new("create");
    add(&mut builder, disk, Path::new(ROOT), files, mode)?;
    Ok(builder.build().unwrap())
}

/// Decides about each file, and adds what was decided unless something is wrong.
fn add<O: Operation + From<FileOp>>(
    builder: &mut PlanBuilder<O>,
    disk: &dyn Disk,
    root: &Path,
    files: &[Wanted],
    mode: ConflictMode,
) -> Result<(), Vec<DecideError>> {
    let decided = files.iter().map(|wanted| decide(disk, root, wanted, mode));
    let (decided, wrong): (Vec<_>, Vec<_>) = decided.partition(Result::is_ok);
    if !wrong.is_empty() {
        return Err(wrong.into_iter().filter_map(Result::err).collect());
    }
    for operation in decided.into_iter().flatten() {
        let asked = matches!(operation, FileOp::Put { how: How::Ask, .. });
        let input = asked.then(|| Input {
            question: format!("{} differs", operation.key().target),
            ..ask_about()
        });
        let draft = Draft::new(O::from(operation));
        builder.add_draft(match input {
            Some(input) => draft.input(input),
            None => draft,
        });
    }
    Ok(())
}

pub(crate) fn perform(disk: &dyn Disk, plan: &Plan<FileOp>) -> Vec<Receipt> {
    performed(disk, &prepare(plan, &[], Interaction::Unattended).unwrap())
}

fn performed(disk: &dyn Disk, ready: &Ready<'_, FileOp>) -> Vec<Receipt> {
    let policy = ErrorPolicy::default();
    run(disk, ready, Path::new("/backups"), &NoRecord, policy).receipts
}

/// Performs a plan of files one after the other, and records it.
pub(crate) fn run(
    disk: &dyn Disk,
    ready: &Ready<'_, FileOp>,
    backups: &Path,
    record: &dyn Record,
    policy: ErrorPolicy,
) -> Report {
    let root = Path::new(ROOT);
    Run {
        id: crate::toy::plan_id(),
        world: &FileWorld {
            disk,
            root: Some(root),
        },
        performer: &FilePerformer {
            disk,
            root: Some(root),
            backups,
            gate: &piton_plan::Alone,
        },
        progress: &Quiet,
        clock: &Still,
        record,
        stop: &Stop::new(),
        policy,
        jobs: Jobs(NonZeroUsize::MIN),
    }
    .perform(ready)
}

fn ids(plan: &Plan<FileOp>) -> Vec<&str> {
    plan.in_order().map(|a| a.id().as_str()).collect()
}

/// A repository in which one file differs, one is identical, one is missing.
pub(crate) fn repo() -> (SimDisk, Vec<Wanted>) {
    let disk = SimDisk::new();
    disk.put("/repo/docs/differs.md", "old\n");
    disk.put("/repo/same.md", "same\n");
    let files = vec![
        wanted("docs/differs.md", "new\n"),
        wanted("docs/fresh.md", "fresh\n"),
        wanted("same.md", "same\n"),
    ];
    (disk, files)
}

#[test]
fn old_content_is_kept_before_it_is_replaced_and_permissions_stay() {
    let disk = SimDisk::new();
    disk.put_mode("/repo/bin/run", "old", 0o755);
    let plan = plan(&disk, &[wanted("bin/run", "new")], ConflictMode::Overwrite).unwrap();
    assert!(plan.has_destructive());
    perform(&disk, &plan);
    assert_eq!(disk.read(Path::new("/repo/bin/run")).unwrap(), b"new");
    assert_eq!(
        disk.stat(Path::new("/repo/bin/run")).unwrap().unwrap().mode,
        0o755
    );
    assert_eq!(disk.read(Path::new("/backups/bin/run")).unwrap(), b"old");
}

#[test]
fn a_path_cannot_leave_the_repository_nor_enter_git() {
    for good in ["a", "a/b.c", ".github/x", ".gitignore", "a b/ü", "..."] {
        assert!(good.parse::<RepoPath>().is_ok(), "{good}");
    }
    for bad in [
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        ".git",
        ".GIT/config",
        "a/.git/x",
        "a\\b",
        "C:/x",
        "git~1/config",
        ".git./x",
        ".git /x",
        ".g\u{200c}it/x",
        "a\nb",
        ".git::$INDEX_ALLOCATION/x",
    ] {
        assert!(bad.parse::<RepoPath>().is_err(), "{bad:?}");
        let json = serde_json::to_string(bad).unwrap();
        assert!(serde_json::from_str::<RepoPath>(&json).is_err(), "{bad:?}");
    }
}

#[test]
fn moving_and_deleting_are_done_once_and_looked_at_again() {
    let disk = SimDisk::new();
    disk.put("/repo/from", "x");
    disk.put("/repo/gone", "y");
    let mut builder = PlanBuilder::new("tidy");
    let was = |text: &str| piton_base::Digest::of(text.as_bytes());
    builder.add(FileOp::Move {
        from: path("from"),
        to: path("deep/er/to"),
        was: was("x"),
        why: "its new place".to_owned(),
    });
    builder.add(FileOp::Delete {
        path: path("gone"),
        was: was("y"),
        why: "not wanted".to_owned(),
    });
    let plan = builder.build().unwrap();
    let words =
        |receipts: Vec<Receipt>| -> Vec<_> { receipts.iter().map(|r| r.outcome.word()).collect() };
    assert_eq!(words(perform(&disk, &plan)), ["ok", "ok"]);
    assert_eq!(words(perform(&disk, &plan)), ["already so", "already so"]);
    disk.put("/repo/gone", "other");
    disk.put("/repo/deep/er/to", "other");
    assert_eq!(words(perform(&disk, &plan)), ["failed", "failed"]);
}

#[test]
fn bytes_that_are_no_text_survive_a_plan() {
    let content = Content::of(vec![0xff, 0x00, 0x7f]);
    let json = serde_json::to_string(&content).unwrap();
    assert_eq!(json, r#"{"hex":"ff007f"}"#);
    assert_eq!(serde_json::from_str::<Content>(&json).unwrap(), content);
    for bad in [
        r#"{"hex":"f"}"#,
        r#"{"hex":"FF"}"#,
        r#"{"hex":"+1"}"#,
        r#"{"hex":"ü"}"#,
    ] {
        assert!(serde_json::from_str::<Content>(bad).is_err(), "{bad}");
    }
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Op {
    File(FileOp),
    Toy(Toy),
}

piton_plan::delegate_operation!(pub(crate) enum Seen for Op: File(FileOp), Toy(Toy));

#[test]
fn an_enum_over_families_is_an_operation_and_reads_what_each_wrote() {
    let (disk, files) = repo();
    let mut builder: PlanBuilder<Op> = PlanBuilder::new("both");
    let made = builder.add(make("gist").into());
    builder.add(set("copy", piton_plan::Slot::After(made.output(&ID))).into());
    let mode = ConflictMode::Overwrite;
    add(&mut builder, &disk, Path::new(ROOT), &files, mode).unwrap();
    let plan = builder.build().unwrap();
    assert_eq!(plan.dependencies(plan.actions()[1].id()).len(), 1);
    assert!(plan.has_destructive());
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan<Op>>(&json).unwrap(), plan);
}
