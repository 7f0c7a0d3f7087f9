//! Keeping what nobody could decide about.

use std::path::{Path, PathBuf};

use piton_durable::transaction::keep;
use piton_durable::{Disk, DiskRead};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, every_crash};

const FROM: &str = "/repo/transactions/one/new";
const TO: &str = "/git/failures/one";
const KEPT: &str = "/git/failures/one/new";

fn start() -> SimDisk {
    let disk = SimDisk::new();
    disk.put(format!("{FROM}/plan.md"), "accepted");
    disk.put(format!("{FROM}/phases/first.md"), "accepted too");
    disk.put_dir("/git");
    disk
}

fn kept(disk: &SimDisk) -> PathBuf {
    keep(disk, Path::new(FROM), Path::new(TO)).unwrap()
}

fn names(disk: &SimDisk, dir: &str) -> usize {
    disk.list(Path::new(dir)).unwrap().len()
}

#[test]
fn evidence_is_whole_in_one_of_two_places_after_every_crash_and_is_kept_by_the_next() {
    let one = start();
    let two = start();
    two.mount("/git", 2);
    for start in [one, two] {
        let tree = start.snapshot(FROM);
        every_crash(
            &start,
            Budget::default(),
            |disk| {
                let _ = keep(disk, Path::new(FROM), Path::new(TO));
            },
            |disk, point| {
                let is_kept = disk.snapshot(KEPT) == tree;
                let is_there = disk.snapshot(FROM) == tree;
                assert!(is_kept || (is_there && !point.is_end()), "{point}");
                if is_there {
                    let kept = kept(disk);
                    assert_eq!(disk.snapshot(kept), tree, "{point}");
                }
                if is_there || point.is_end() {
                    // Nothing in pieces is left beside it, and it is not there twice.
                    assert_eq!(names(disk, "/repo/transactions/one"), 0, "{point}");
                    assert!(names(disk, TO) <= 2, "{point}");
                }
            },
        );
    }
}

#[test]
fn evidence_takes_the_place_of_no_other() {
    let disk = start();
    let tree = disk.snapshot(FROM);
    for expected in ["new", "new-2", "new-3"] {
        let at = kept(&disk);
        assert_eq!(at, Path::new(TO).join(expected));
        assert_eq!(disk.snapshot(at), tree);
        disk.put(format!("{FROM}/plan.md"), "accepted");
        disk.put(format!("{FROM}/phases/first.md"), "accepted too");
    }
    disk.remove_file(Path::new(KEPT).join("plan.md").as_path())
        .unwrap();
    assert_eq!(kept(&disk), Path::new(TO).join("new-4"));
}
