//! Runs that a power cut ends anywhere.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead};
use piton_plan::files::FileOp;
use piton_plan::journal::{self, Status};
use piton_plan::{ConflictMode, ErrorPolicy, Interaction, Plan, PlanBuilder, Record, prepare};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, every_crash};

use crate::files::{path, plan as plan_files, run as run_files, wanted};
use crate::journal::{NOW, carry_on, cascade, dir, id, lock, run_journaled};
use crate::toy::World;

#[test]
fn wherever_the_power_goes_the_run_is_finished_and_nothing_is_made_twice() {
    // The world outlives the crash; only the journal is on the disk.
    let (_dir, held) = lock();
    let plan = cascade();
    let world = std::cell::RefCell::new(World::default());
    let report = every_crash(
        &SimDisk::new(),
        Budget::default(),
        |disk| {
            *world.borrow_mut() = World::default();
            run_journaled(disk, &held, &plan, &world.borrow());
        },
        |disk, point| {
            // Each disk that may be found gets a world of its own.
            let world = World {
                numbers: world.borrow().numbers().into(),
                made: world.borrow().numbers().len().into(),
                ..World::default()
            };
            carry_on(disk, &held, &plan, &world);
            let numbers = world.numbers();
            assert_eq!(numbers.len(), 4, "{point}");
            assert_eq!(numbers["badge-id"], numbers["badge"], "{point}");
            assert_eq!(numbers["archive-id"], numbers["archive"], "{point}");
            assert!(
                numbers.values().all(|id| *id < 1_000_002),
                "{point}: made twice"
            );
            let journal = journal::load(disk, dir(), id(1)).unwrap();
            assert_eq!(journal.status(), Status::Finished, "{point}");
        },
    );
    assert!(report.points > 10);
}

#[test]
fn wherever_the_power_goes_files_end_as_the_plan_says_and_old_ones_are_kept() {
    let (_dir, held) = lock();
    let root = Path::new("/repo");
    let start = SimDisk::new();
    start.put("/repo/docs/old.md", "old\n");
    start.put("/repo/gone.md", "gone\n");
    start.put_dir("/git");
    let files = [
        wanted("docs/old.md", "new\n"),
        wanted("new/deep.md", "deep\n"),
    ];
    let decided = plan_files(&start, &files, ConflictMode::Overwrite).unwrap();
    let mut builder = PlanBuilder::new("create");
    for action in decided.actions() {
        builder.add(action.operation().clone());
    }
    builder.add(FileOp::Delete {
        path: path("gone.md"),
        was: piton_base::Digest::of(b"gone\n"),
        why: "not wanted".to_owned(),
    });
    let plan = builder.build().unwrap();
    let backups = PathBuf::from("/git/backups");
    let run = |disk: &dyn Disk, ready: &piton_plan::Ready<'_, FileOp>, record: &dyn Record| {
        run_files(disk, ready, &backups, record, ErrorPolicy::FailFast)
    };
    let begin = |disk: &dyn Disk| {
        let ready = prepare(&plan, &[], Interaction::Unattended).unwrap();
        if let Ok(writer) = journal::begin(disk, dir(), &held, id(1), &ready, "piton 0", NOW) {
            let report = run(disk, &ready, &writer);
            let _ = writer.end(&report, NOW);
        }
    };
    let report = every_crash(
        &start,
        Budget {
            outcomes: 16,
            ..Budget::default()
        },
        |disk| begin(disk),
        |disk, point| {
            let before = |at: &str| disk.read(Path::new(at)).ok();
            let whole = [Some(b"old\n".to_vec()), Some(b"new\n".to_vec())];
            assert!(
                whole.contains(&before("/repo/docs/old.md")),
                "{point}: torn"
            );
            match journal::find(disk, dir(), id(1)).unwrap() {
                None => begin(disk),
                Some(found) if found.status() == Status::Finished => {}
                Some(found) => {
                    let read: Plan<FileOp> = found.plan().unwrap();
                    let nobody = Interaction::Unattended;
                    let (ready, writer) =
                        journal::resume(disk, dir(), &held, &found, &read, nobody, NOW).unwrap();
                    let report = run(disk, &ready, &writer);
                    assert!(report.is_success(), "{point}: {:?}", report.receipts);
                    writer.end(&report, NOW).unwrap();
                }
            }
            assert_eq!(before("/repo/docs/old.md").unwrap(), b"new\n", "{point}");
            assert_eq!(before("/repo/new/deep.md").unwrap(), b"deep\n", "{point}");
            assert_eq!(before("/repo/gone.md"), None, "{point}");
            assert_eq!(
                disk.list(&root.join("docs")).unwrap().len(),
                1,
                "{point}: a leftover"
            );
            assert_eq!(
                before("/git/backups/docs/old.md").unwrap(),
                b"old\n",
                "{point}"
            );
            assert_eq!(
                before("/git/backups/gone.md").unwrap(),
                b"gone\n",
                "{point}"
            );
        },
    );
    assert!(report.points > 20);
}
