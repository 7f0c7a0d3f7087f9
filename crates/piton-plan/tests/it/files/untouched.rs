//! What is in the way, behind a link or under somebody else's hand stays as it is.

use std::path::Path;

use piton_durable::{Disk as _, DiskRead as _, RealDisk};
use piton_plan::files::{FileOp, FilePerformer, FileWorld};
use piton_plan::{ConflictMode, Failure, FailureKind, Gate, Held, PlanBuilder};
use piton_testkit::SimDisk;

use super::{ROOT, add, perform, plan, repo, wanted};

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
    insta::assert_snapshot!(told("dir"), @"dir: a directory at dir is in the way");
    insta::assert_snapshot!(told("file/below"), @"file/below: a file at file is in the way");
    insta::assert_snapshot!(told("link"), @"link: a symbolic link at link is in the way");
    insta::assert_snapshot!(told("link/passwd"), @"link/passwd: a symbolic link at link is in the way");
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
