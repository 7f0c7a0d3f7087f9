use std::io;
use std::path::Path;

use piton_durable::atomic::{is_leftover, sweep};
use piton_durable::{
    Disk, DiskRead, RealDisk, WriteError, create_dirs, write_atomic, write_atomic_from,
    write_unsynced, write_whole,
};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, every_crash};

const FILE: &str = "/repo/state/deep/record.json";

fn content(disk: &SimDisk) -> Option<Vec<u8>> {
    disk.read(Path::new(FILE)).ok()
}

fn no_leftover(disk: &SimDisk) {
    for path in disk.snapshot("/").keys() {
        assert!(
            !path.file_name().is_some_and(is_leftover),
            "{} was left",
            path.display()
        );
    }
}

#[test]
fn a_crash_at_any_point_of_a_replacement_leaves_the_old_file_or_the_new_one() {
    let start = SimDisk::new();
    start.put(FILE, "old");
    let report = every_crash(
        &start,
        Budget::default(),
        |disk| {
            let _ = write_atomic(disk, Path::new(FILE), b"new and longer", 0o600);
        },
        |disk, point| {
            let found = content(disk);
            if point.is_end() {
                assert_eq!(found.as_deref(), Some(&b"new and longer"[..]), "{point}");
            } else {
                assert!(
                    matches!(found.as_deref(), Some(b"old" | b"new and longer")),
                    "{point}: {found:?}"
                );
            }
            sweep(disk, Path::new("/repo/state/deep")).unwrap();
            no_leftover(disk);
        },
    );
    println!("replacing a file: {report}");
    assert!(report.points >= 5);
}

#[test]
fn a_crash_at_any_point_of_a_first_write_leaves_nothing_or_the_whole_file() {
    let start = SimDisk::new();
    start.put_dir("/repo");
    let report = every_crash(
        &start,
        Budget::default(),
        |disk| {
            let _ = write_atomic(disk, Path::new(FILE), b"first", 0o600);
        },
        |disk, point| match content(disk) {
            Some(bytes) => assert_eq!(bytes, b"first", "{point}"),
            None => assert!(!point.is_end(), "{point}: the written file is gone"),
        },
    );
    println!("first write of a file: {report}");
}

#[test]
fn any_operation_that_fails_is_reported_and_leaves_the_old_file_or_the_new_one_whole() {
    for kind in [
        io::ErrorKind::StorageFull,
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ] {
        for at in 1..=4 {
            let disk = SimDisk::new();
            disk.put(FILE, "old");
            disk.fail_at(at, kind);
            let error = write_atomic(&disk, Path::new(FILE), b"new", 0o600).unwrap_err();
            let replaced = matches!(error, WriteError::SyncName { .. });
            assert_eq!(replaced, at == 4, "{error}");
            let expected: &[u8] = if replaced { b"new" } else { b"old" };
            assert_eq!(content(&disk).as_deref(), Some(expected));
            no_leftover(&disk);
        }
    }
}

#[test]
fn a_sync_that_fails_is_a_failed_write() {
    let disk = SimDisk::new();
    disk.put(FILE, "old");
    disk.fail_at(2, io::ErrorKind::Other);
    let error = write_atomic(&disk, Path::new(FILE), b"new", 0o600).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("could not flush {FILE} to the disk: other error")
    );
    assert_eq!(content(&disk).as_deref(), Some(&b"old"[..]));
}

#[test]
fn a_file_in_the_way_of_a_directory_is_named() {
    let disk = SimDisk::new();
    disk.put("/repo/state", "a file");
    let error = write_atomic(&disk, Path::new(FILE), b"new", 0o600).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the directory /repo/state cannot be created: a file has that name"
    );
    assert_eq!(disk.ops(), 0);
}

#[test]
fn a_link_is_replaced_and_its_target_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let target = scratch.path().join("target");
    let link = scratch.path().join("link");
    std::fs::write(&target, "target").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    write_atomic(&RealDisk, &link, b"new", 0o644).unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), b"target");
    assert_eq!(RealDisk.read(&link).unwrap(), b"new");
}

#[test]
fn eight_threads_writing_one_file_never_tear_it() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("file");
    std::thread::scope(|scope| {
        for worker in 0..8_u8 {
            let path = path.clone();
            scope.spawn(move || {
                for _ in 0..10 {
                    write_atomic(&RealDisk, &path, &[b'a' + worker; 5000], 0o644).unwrap();
                    let found = std::fs::read(&path).unwrap();
                    assert_eq!(found.len(), 5000);
                    assert!(found.iter().all(|byte| *byte == found[0]));
                }
            });
        }
    });
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1);
}

#[test]
fn the_mode_is_the_one_asked_for_whatever_the_umask() {
    let scratch = tempfile::tempdir().unwrap();
    for mode in [0o600, 0o644, 0o666, 0o755] {
        let path = scratch.path().join(format!("{mode:o}"));
        write_atomic(&RealDisk, &path, b"x", mode).unwrap();
        assert_eq!(RealDisk.stat(&path).unwrap().unwrap().mode, mode);
    }
}

/// Set for the child that may write no byte.
const DIR: &str = "PITON_TEST_NO_ROOM";

/// Called by the test below, in a process whose files may have no bytes.
#[test]
fn the_child_has_no_room_to_write() {
    let Ok(dir) = std::env::var(DIR) else {
        return;
    };
    let path = Path::new(&dir).join("main.lock");
    let written = RealDisk.write_new(&path, b"a commit\n", 0o666);
    assert!(written.is_err(), "the limit does not hold");
    assert!(!path.exists(), "a file without its bytes was left");
    std::fs::create_dir(Path::new(&dir).join("seen")).unwrap();
}

#[test]
fn a_new_file_that_could_not_be_written_is_not_left() {
    let dir = tempfile::tempdir().unwrap();
    // Without the trap the signal of the limit ends the child.
    let status = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "atomic::the_child_has_no_room_to_write"])
        .env(DIR, dir.path())
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    assert!(dir.path().join("seen").exists(), "the child was not called");
}

/// Where unfinished files may lie.
const SCRATCH: &str = "/repo/.git/scratch";

fn write_from(disk: &SimDisk) -> Result<(), WriteError> {
    write_atomic_from(
        disk,
        Path::new(SCRATCH),
        Path::new(FILE),
        b"new and longer",
        0o600,
    )
}

#[test]
fn an_error_leaves_no_directory_that_was_made_for_the_file() {
    let mut at = 1;
    loop {
        let disk = SimDisk::new();
        disk.put_dir("/repo");
        disk.put_dir(SCRATCH);
        disk.fail_at(at, io::ErrorKind::StorageFull);
        match write_from(&disk) {
            Ok(()) => break,
            // The file is in its place.
            Err(WriteError::SyncName(_)) => assert!(content(&disk).is_some()),
            Err(error) => {
                let made = disk.stat(Path::new("/repo/state")).unwrap();
                assert!(made.is_none(), "{at}: {error}");
            }
        }
        at += 1;
    }
    assert!(at > 6, "{at}");
}

fn beside(disk: &SimDisk) -> usize {
    let parent = Path::new(FILE).parent().unwrap();
    disk.list(parent).map_or(0, |entries| entries.len())
}

#[test]
fn a_crash_leaves_nothing_unfinished_beside_a_file_that_is_written_from_elsewhere() {
    let replaced = SimDisk::new();
    replaced.put(FILE, "old");
    let first = SimDisk::new();
    first.put_dir("/repo");
    for (start, old) in [(&replaced, Some(&b"old"[..])), (&first, None)] {
        every_crash(
            start,
            Budget::default(),
            |disk| {
                let _ = write_from(disk);
            },
            |disk, point| {
                let found = content(disk);
                let new = found.as_deref() == Some(&b"new and longer"[..]);
                assert!(
                    new || (!point.is_end() && found.as_deref() == old),
                    "{point}: {found:?}"
                );
                assert_eq!(beside(disk), usize::from(found.is_some()), "{point}");
            },
        );
    }
}

#[test]
fn a_file_on_another_file_system_is_written_all_the_same() {
    let disk = SimDisk::new();
    disk.put(FILE, "old");
    disk.mount("/repo/state", 2);
    write_from(&disk).unwrap();
    assert_eq!(content(&disk).as_deref(), Some(&b"new and longer"[..]));
    no_leftover(&disk);
}

#[test]
fn any_failure_on_the_way_from_elsewhere_is_told() {
    let start = SimDisk::new();
    start.put(FILE, "old");
    let whole = start.fork();
    write_from(&whole).unwrap();
    for at in 1..=whole.ops() {
        let disk = start.fork();
        disk.fail_at(at, io::ErrorKind::StorageFull);
        assert!(write_from(&disk).is_err(), "write {at}");
    }
}

#[test]
fn what_is_written_for_the_living_alone_leaves_nothing_where_it_fails() {
    let write = |disk: &SimDisk| write_unsynced(disk, Path::new(FILE), b"new", 0o600);
    let disk = SimDisk::new();
    disk.put(FILE, "old");
    disk.fail_at(2, io::ErrorKind::Other);
    assert!(write(&disk).is_err());
    assert_eq!(content(&disk).as_deref(), Some(&b"old"[..]));
    no_leftover(&disk);
    write(&disk).unwrap();
    assert_eq!(content(&disk).as_deref(), Some(&b"new"[..]));
}

#[test]
fn only_unfinished_files_of_this_crate_are_swept() {
    let disk = SimDisk::new();
    let dir = Path::new("/repo");
    assert!(sweep(&disk, dir).unwrap().is_empty());
    disk.put("/repo/.a.7-0.piton-tmp", "half");
    disk.put("/repo/a.piton-tmp", "the user's");
    disk.put("/repo/.hidden", "the user's");
    disk.put_dir("/repo/.b.7-1.piton-tmp");
    disk.put_symlink("/repo/.c.7-2.piton-tmp", "/etc/passwd");
    assert_eq!(
        sweep(&disk, dir).unwrap(),
        [Path::new("/repo/.a.7-0.piton-tmp")]
    );
    let left = disk.list(dir).unwrap();
    let left: Vec<_> = left
        .iter()
        .map(|entry| entry.name.to_str().unwrap())
        .collect();
    assert_eq!(
        left,
        [
            ".b.7-1.piton-tmp",
            ".c.7-2.piton-tmp",
            ".hidden",
            "a.piton-tmp"
        ]
    );
}

#[test]
fn somebody_else_may_be_faster_with_a_directory_or_a_name() {
    let disk = SimDisk::new();
    disk.put_dir("/repo");
    let made = |kind| {
        disk.fail_at(1, kind);
        create_dirs(&disk, Path::new("/repo/dir"))
    };
    made(io::ErrorKind::AlreadyExists).unwrap();
    made(io::ErrorKind::PermissionDenied).unwrap_err();
    disk.put(FILE, "old");
    disk.fail_at(1, io::ErrorKind::AlreadyExists);
    write_whole(&disk, Path::new(FILE), b"new", 0o600).unwrap();
    assert_eq!(content(&disk).as_deref(), Some(&b"new"[..]));
}

#[test]
fn a_pipe_in_the_way_of_a_directory_is_named() {
    let disk = SimDisk::new();
    disk.put_dir("/repo");
    disk.put_pipe("/repo/state");
    let error = write_atomic(&disk, Path::new(FILE), b"new", 0o600).unwrap_err();
    assert!(matches!(error, WriteError::InTheWay { .. }), "{error}");
}
