//! Plans about files, over a simulated disk and a real one.

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, SystemTime};

use piton_base::{RepoPath, Stop};
use piton_durable::{Disk, DiskRead, RealDisk};
use piton_plan::files::{
    Content, DecideError, FileOp, FilePerformer, FileWorld, How, Wanted, ask_about, decide,
};
use piton_plan::{
    ConflictMode, Draft, Failure, FailureKind, Gate, Held, Input, Interaction, Jobs, NoRecord,
    Operation, Plan, PlanBuilder, Quiet, Ready, Receipt, Run, prepare, verify,
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
            backups: Path::new("/backups"),
            gate: &piton_plan::Alone,
        },
        progress: &Quiet,
        clock: &Still,
        record: &NoRecord,
        stop: &Stop::new(),
        policy: piton_plan::ErrorPolicy::default(),
        jobs: Jobs(NonZeroUsize::MIN),
    }
    .perform(ready)
    .receipts
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
fn each_mode_settles_a_conflict_its_own_way() {
    let check = |mode, expected: &str| {
        let (disk, files) = repo();
        let plan = plan(&disk, &files, mode).unwrap();
        assert_eq!(
            ids(&plan),
            [expected, "file:copy:docs/fresh.md", "file:skip:same.md"],
            "{mode}"
        );
    };
    check(ConflictMode::Skip, "file:skip:docs/differs.md");
    check(ConflictMode::Overwrite, "file:overwrite:docs/differs.md");
    check(ConflictMode::Newer, "file:skip:docs/differs.md");
    check(ConflictMode::Larger, "file:skip:docs/differs.md");
    check(ConflictMode::Rename, "file:copy:docs/differs_001.md");
    check(ConflictMode::Ask, "file:ask:docs/differs.md");
    let (disk, files) = repo();
    assert_eq!(
        plan(&disk, &files, ConflictMode::Fail).unwrap_err(),
        [DecideError::Conflict {
            path: path("docs/differs.md")
        }]
    );
}

#[test]
fn newer_and_larger_replace_only_what_is_strictly_less() {
    let disk = SimDisk::new();
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
    disk.set_now(then);
    disk.put("/repo/a", "12345");
    let check = |text: &str, modified: SystemTime, mode, expected: &str| {
        let mut file = wanted("a", text);
        file.modified = Some(modified);
        let operation = decide(&disk, Path::new(ROOT), &file, mode).unwrap();
        assert_eq!(operation.key().verb.as_str(), expected, "{text} {mode}");
    };
    let later = then + Duration::from_nanos(1);
    check("other", then, ConflictMode::Newer, "skip");
    check("other", later, ConflictMode::Newer, "overwrite");
    check("other", later, ConflictMode::Larger, "skip");
    check("others", then, ConflictMode::Larger, "overwrite");
}

#[test]
fn a_second_plan_after_success_changes_nothing_in_any_mode() {
    for mode in ConflictMode::ALL.iter().copied() {
        if mode == ConflictMode::Fail {
            continue;
        }
        let (disk, files) = repo();
        let first = plan(&disk, &files, mode).unwrap();
        let receipts = perform(&disk, &first);
        assert!(receipts.iter().all(|r| r.outcome.is_success()), "{mode}");
        let root = Path::new(ROOT);
        let world = FileWorld {
            disk: &disk,
            root: Some(root),
        };
        assert!(
            verify(
                crate::toy::plan_id(),
                &first,
                &receipts,
                &world,
                Jobs::default()
            )
            .is_clean(),
            "{mode}"
        );
        let second = plan(&disk, &files, mode).unwrap();
        let open = usize::from(mode == ConflictMode::Ask);
        let changes = second
            .actions()
            .iter()
            .filter(|a| a.operation().key().verb.changes());
        assert_eq!(
            changes.count(),
            open,
            "{mode}: what was declined is asked again"
        );
    }
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
fn whatever_is_no_regular_file_blocks_a_path_and_is_told_when_planning() {
    let disk = SimDisk::new();
    disk.put_dir("/repo/dir");
    disk.put("/repo/file", "x");
    disk.put_symlink("/repo/link", "/etc");
    let told = |at: &str| {
        let files = [wanted(at, "x")];
        plan(&disk, &files, ConflictMode::Overwrite).unwrap_err()[0].to_string()
    };
    insta::assert_snapshot!(told("dir"), @"dir: a directory at dir is in the way; move it, then try again");
    insta::assert_snapshot!(told("file/below"), @"file/below: a file at file is in the way; move it, then try again");
    insta::assert_snapshot!(told("link"), @"link: a symbolic link at link is in the way; move it, then try again");
    insta::assert_snapshot!(told("link/passwd"), @"link/passwd: a symbolic link at link is in the way; move it, then try again");
}

#[test]
fn a_link_that_appears_after_planning_is_not_followed() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let mut builder = PlanBuilder::<FileOp>::new("create");
    let files = [wanted("sub/secret", "mine")];
    add(
        &mut builder,
        &RealDisk,
        dir.path(),
        &files,
        ConflictMode::Overwrite,
    )
    .unwrap();
    let plan = builder.build().unwrap();
    std::os::unix::fs::symlink(outside.path(), dir.path().join("sub")).unwrap();
    let root = Some(dir.path());
    let performer = FilePerformer {
        disk: &RealDisk,
        root,
        backups: &dir.path().join("backups"),
        gate: &piton_plan::Alone,
    };
    let world = FileWorld {
        disk: &RealDisk,
        root,
    };
    let receipts = crate::toy::performed(&plan, &world, &performer).receipts;
    assert!(!receipts[0].outcome.is_success());
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[test]
fn what_a_killed_write_left_beside_a_file_goes_once_it_is_written_again() {
    let (disk, files) = repo();
    disk.put("/repo/docs/.differs.md.7-0.piton-tmp", "ha");
    disk.put("/repo/docs/.hidden", "the user's");
    let plan = plan(&disk, &files, ConflictMode::Overwrite).unwrap();
    perform(&disk, &plan);
    let left = disk.list(Path::new("/repo/docs")).unwrap();
    let names: Vec<_> = left.iter().map(|entry| entry.name.display()).collect();
    assert_eq!(
        names.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [".hidden", "differs.md", "fresh.md"]
    );
}

#[test]
fn nothing_is_swept_where_a_link_leads() {
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let stranger = outside.path().join(".secret.7-0.piton-tmp");
    RealDisk.write_new(&stranger, b"not ours", 0o600).unwrap();
    std::os::unix::fs::symlink(outside.path(), dir.path().join("sub")).unwrap();
    // The link appears only after the world was looked at.
    let before = SimDisk::new();
    before.put_dir(ROOT);
    let plan = plan(&before, &[wanted("sub/secret", "mine")], ConflictMode::Fail).unwrap();
    let world = FileWorld {
        disk: &before,
        root: Some(Path::new(ROOT)),
    };
    let performer = FilePerformer {
        disk: &RealDisk,
        root: Some(dir.path()),
        backups: &dir.path().join("backups"),
        gate: &piton_plan::Alone,
    };
    let receipts = crate::toy::performed(&plan, &world, &performer).receipts;
    assert!(!receipts[0].outcome.is_success());
    assert_eq!(std::fs::read(stranger).unwrap(), b"not ours");
}

/// Lets nobody in.
#[derive(Debug)]
struct Shut;

impl Gate for Shut {
    fn enter(&self, _: &str) -> Result<Box<dyn Held>, Failure> {
        Err(Failure::new(FailureKind::Conflict, "somebody writes"))
    }
}

#[test]
fn no_file_is_touched_while_somebody_else_writes() {
    let (disk, files) = repo();
    disk.put("/repo/docs/.differs.md.7-0.piton-tmp", "somebody's");
    let plan = plan(&disk, &files, ConflictMode::Overwrite).unwrap();
    let before = disk.snapshot("/");
    let root = Some(Path::new(ROOT));
    let world = FileWorld { disk: &disk, root };
    let performer = FilePerformer {
        disk: &disk,
        root,
        backups: Path::new("/backups"),
        gate: &Shut,
    };
    let receipts = crate::toy::performed(&plan, &world, &performer).receipts;
    assert!(!receipts[0].outcome.is_success());
    assert_eq!(disk.snapshot("/"), before);
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

/// Answers every question with one word.
struct Says(&'static str);

impl piton_plan::Ask for Says {
    fn ask(
        &mut self,
        _: &piton_plan::ActionId,
        input: &piton_plan::Input,
    ) -> Result<piton_plan::Reply, piton_plan::AskError> {
        let piton_plan::InputKind::Choice(words) = &input.kind else {
            panic!("{input:?}");
        };
        assert!(words.iter().any(|word| word == self.0), "{words:?}");
        Ok(piton_plan::Reply::Text(self.0.to_owned()))
    }
}

#[test]
fn a_file_that_differs_is_replaced_or_gets_the_new_one_beside_it() {
    for (word, old, beside) in [
        ("overwrite", "new\n", None),
        ("beside", "old\n", Some("new\n")),
    ] {
        let (disk, files) = repo();
        let plan = plan(&disk, &files, ConflictMode::Ask).unwrap();
        let mut says = Says(word);
        let ready = prepare(&plan, &[], Interaction::Terminal(&mut says)).unwrap();
        let receipts = performed(&disk, &ready);
        assert!(
            receipts.iter().all(|receipt| receipt.outcome.is_good()),
            "{receipts:?}"
        );
        let world = FileWorld {
            disk: &disk,
            root: Some(Path::new(ROOT)),
        };
        let id = crate::toy::plan_id();
        let verification = verify(id, &plan, &receipts, &world, Jobs(NonZeroUsize::MIN));
        assert!(verification.is_clean(), "{word}: {verification:?}");
        let read = |name: &str| {
            let bytes = disk.read(&Path::new(ROOT).join(name)).ok()?;
            Some(String::from_utf8(bytes).unwrap())
        };
        assert_eq!(read("docs/differs.md").as_deref(), Some(old), "{word}");
        assert_eq!(read("docs/differs_001.md").as_deref(), beside, "{word}");
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
