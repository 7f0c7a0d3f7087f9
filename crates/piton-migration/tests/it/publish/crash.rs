//! The publisher on the simulated disk, crashed at every operation.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, TreeDigest};
use piton_migration::publish::Publisher;
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, CrashReport, Leaf, every_crash};

use super::world::{COMMITTED, LIVE, files, request, visit_sim};

const CANDIDATE: &str = "/work/rework";
const DEAD: u32 = 77;
const NEXT: u32 = 78;

#[derive(Clone, Copy, Debug)]
struct Scene {
    name: &'static str,
    first: bool,
    exchange: bool,
    hook_says_no: bool,
    /// What the original left before, if anything.
    original: fn(&SimDisk),
    /// Whether the crashing command only recovers.
    only_recover: bool,
}

const PLAIN: Scene = Scene {
    name: "replacing publish",
    first: false,
    exchange: true,
    hook_says_no: false,
    original: |_| {},
    only_recover: false,
};

const SCENES: [Scene; 7] = [
    PLAIN,
    Scene {
        name: "replacing publish in two steps",
        exchange: false,
        ..PLAIN
    },
    Scene {
        name: "first publish",
        first: true,
        ..PLAIN
    },
    Scene {
        name: "first publish in two steps",
        first: true,
        exchange: false,
        ..PLAIN
    },
    Scene {
        name: "publish with a commit that a hook refuses",
        hook_says_no: true,
        ..PLAIN
    },
    Scene {
        name: "repair after the original was killed between its renames",
        original: killed_between_renames,
        only_recover: true,
        ..PLAIN
    },
    Scene {
        name: "publish after the original was killed between its renames",
        original: killed_between_renames,
        ..PLAIN
    },
];

fn killed_between_renames(disk: &SimDisk) {
    use piton_durable::Disk;
    let transactions = "/repo/migrations/__transactions__";
    let transaction = format!("{transactions}/0123456789abcdef0123456789abcdef");
    disk.put(
        format!("{transactions}/.lock/owner.json"),
        "{\"pid\": 4711, \"operation\": \"expand\"}",
    );
    for (path, content) in files("rework", "half") {
        disk.put(format!("{transaction}/staged/{path}"), content);
    }
    let rollback = format!("{transaction}/rollback");
    disk.rename(Path::new(LIVE), Path::new(&rollback)).unwrap();
    disk.sync_dir(Path::new("/repo/migrations")).unwrap();
    disk.sync_dir(Path::new(&transaction)).unwrap();
}

impl Scene {
    fn before(self) -> SimDisk {
        let mut disk = SimDisk::new();
        if !self.exchange {
            disk = disk.without_exchange();
        }
        disk.put_dir("/repo/.git");
        if !self.first {
            for (path, content) in files("rework", "old") {
                disk.put(format!("{LIVE}/{path}"), content);
            }
        }
        for (path, content) in files("rework", "new") {
            disk.put_mode(format!("{CANDIDATE}/{path}"), content, 0o600);
        }
        disk.put(COMMITTED, base(&disk).as_str());
        disk
    }

    fn start(self) -> SimDisk {
        let disk = self.before();
        (self.original)(&disk);
        disk
    }

    fn visit<T>(self, disk: &SimDisk, pid: u32, visit: impl FnOnce(&Publisher<'_>) -> T) -> T {
        let later = if pid == DEAD { 10 } else { 3600 };
        visit_sim(disk, self.hook_says_no, pid, later, visit)
    }

    /// Does what the crashing command does; says whether it was acknowledged.
    fn run(self, disk: &SimDisk) -> bool {
        self.visit(disk, DEAD, |publisher| {
            let recovered = publisher.recover().is_ok();
            if self.only_recover {
                return recovered;
            }
            let request = request("rework", CANDIDATE.into(), base(disk));
            publisher.publish(&request).is_ok()
        })
    }
}

fn base(disk: &SimDisk) -> TreeDigest {
    TreeDigest::of(disk, Path::new(LIVE)).unwrap_or_else(|_| TreeDigest::missing())
}

/// Checks what an ordinary command finds and makes of it.
fn check(
    scene: Scene,
    ends: &[BTreeMap<PathBuf, Leaf>; 2],
    disk: &SimDisk,
    acknowledged: bool,
    context: &str,
) {
    let [old, new] = ends;
    let context = format!("{}: {context}", scene.name);
    scene.visit(disk, NEXT, |publisher| {
        publisher
            .recover()
            .unwrap_or_else(|error| panic!("{context}: {error:?}"));
        let live = disk.snapshot(LIVE);
        assert!(
            live == *old || live == *new,
            "{context}: live is neither old nor new"
        );
        if acknowledged && !scene.only_recover {
            assert!(live == *new, "{context}: an acknowledged publish is lost");
        }
        if scene.hook_says_no || scene.only_recover {
            assert!(live == *old, "{context}: an unwanted publish stands");
        }
        assert_eq!(
            disk.read(Path::new(COMMITTED)).unwrap(),
            base(disk).as_str().as_bytes(),
            "{context}: what is live is not what is committed"
        );
        for left in disk.snapshot("/repo").keys() {
            let left = left.to_string_lossy();
            assert!(
                !left.contains("__transactions__") && !left.starts_with(".git/piton/transactions/"),
                "{context}: {left} is left"
            );
        }
        let settled = disk.snapshot("/");
        assert_eq!(publisher.recover().unwrap(), [], "{context}");
        assert_eq!(disk.snapshot("/"), settled, "{context}");
    });
    if !scene.hook_says_no {
        scene.visit(disk, NEXT, |publisher| {
            let again = request("rework", CANDIDATE.into(), base(disk));
            publisher
                .publish(&again)
                .unwrap_or_else(|refusal| panic!("{context}: the next publish: {refusal}"));
        });
    }
}

#[test]
fn after_a_crash_anywhere_the_next_command_goes_on_without_help() {
    let mut total = CrashReport::default();
    for scene in SCENES {
        let before = scene.before();
        let ends = [before.snapshot(LIVE), before.snapshot(CANDIDATE)];
        let acknowledged = Cell::new(false);
        let budget = Budget {
            outcomes: 16,
            seed: 3,
        };
        let report = every_crash(
            &scene.start(),
            budget,
            |disk| acknowledged.set(scene.run(disk)),
            |disk, point| check(scene, &ends, disk, acknowledged.get(), &point.to_string()),
        );
        println!("{}: {report}", scene.name);
        total += report;
    }
    println!("in all: {total}");
    assert!(total.points > 300);
}

#[test]
fn a_crash_while_recovering_from_a_crash_changes_nothing_either() {
    let mut total = CrashReport::default();
    for scene in SCENES {
        let before = scene.before();
        let ends = [before.snapshot(LIVE), before.snapshot(CANDIDATE)];
        let mut found = BTreeMap::new();
        let one = |outcomes| Budget { outcomes, seed: 5 };
        every_crash(
            &scene.start(),
            one(2),
            |disk| {
                scene.run(disk);
            },
            |disk, point| {
                found
                    .entry(disk.snapshot("/"))
                    .or_insert_with(|| (disk.fork(), point.to_string()));
            },
        );
        for (disk, first) in found.into_values().step_by(9) {
            total += every_crash(
                &disk,
                one(2),
                |disk| {
                    scene.visit(disk, DEAD + 100, |publisher| drop(publisher.recover()));
                },
                |disk, point| check(scene, &ends, disk, false, &format!("{first}, then {point}")),
            );
        }
    }
    println!("recovering: {total}");
}

#[test]
fn a_full_or_read_only_disk_is_told_and_changes_nothing() {
    for kind in [
        std::io::ErrorKind::StorageFull,
        std::io::ErrorKind::ReadOnlyFilesystem,
    ] {
        for at in 1..40 {
            let disk = PLAIN.start();
            let old = disk.snapshot(LIVE);
            disk.fail_from(at, kind);
            let request = request("rework", CANDIDATE.into(), base(&disk));
            let told = PLAIN.visit(&disk, DEAD, |publisher| publisher.publish(&request));
            let Err(refusal) = told else {
                panic!("published on a disk that takes no writes");
            };
            let text = refusal.to_string();
            assert!(
                text.contains(&std::io::Error::from(kind).to_string()),
                "{text}"
            );
            disk.calm();
            PLAIN.visit(&disk, NEXT, |publisher| publisher.recover().unwrap());
            let live = disk.snapshot(LIVE);
            assert!(live == old || live == disk.snapshot(CANDIDATE), "at {at}");
        }
    }
}
