use std::io;
use std::path::Path;

use piton_durable::{Disk, DiskRead, RealDisk, TreeDigest, TreeError, tree};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, every_crash};

fn sample() -> SimDisk {
    let disk = SimDisk::new();
    disk.put("/work/m/plan.md", "# plan\n");
    disk.put_mode("/work/m/manifest.json", "{}\n", 0o600);
    disk.put_mode("/work/m/.planning/run.sh", "exit 0\n", 0o4755);
    disk.put_dir("/work/m/empty");
    disk.put_dir("/repo");
    disk
}

#[test]
fn a_finished_copy_survives_any_crash_whole() {
    let report = every_crash(
        &sample(),
        Budget::default(),
        |disk| {
            let _ = tree::copy(disk, Path::new("/work/m"), Path::new("/repo/m"));
        },
        |disk, point| {
            if point.is_end() {
                let mut expected = disk.snapshot("/work/m");
                // The set-id bit is not carried over.
                if let Some(piton_testkit::sim::Leaf::File { mode, .. }) =
                    expected.get_mut(Path::new(".planning/run.sh"))
                {
                    *mode = 0o755;
                }
                assert_eq!(disk.snapshot("/repo/m"), expected, "{point}");
            }
        },
    );
    println!("copying a tree: {report}");
}

#[test]
fn links_pipes_and_other_things_are_refused_by_name() {
    let check = |arrange: &dyn Fn(&SimDisk), expected: &str| {
        let disk = sample();
        arrange(&disk);
        let before = disk.snapshot("/");
        let error = tree::copy(&disk, Path::new("/work/m"), Path::new("/repo/m")).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(disk.snapshot("/"), before, "nothing may change");
    };
    check(
        &|disk| disk.put_symlink("/work/m/deep/link", "/etc/passwd"),
        "/work/m/deep/link is a symbolic link; a migration may hold only files and directories",
    );
    check(
        &|disk| disk.put_pipe("/work/m/pipe"),
        "/work/m/pipe is neither a file nor a directory",
    );
}

#[test]
fn a_name_that_is_not_utf8_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let disk = sample();
    disk.put(
        Path::new("/work/m").join(std::ffi::OsStr::from_bytes(b"caf\xe9")),
        "x",
    );
    assert!(matches!(
        tree::walk(&disk, Path::new("/work/m")),
        Err(TreeError::NotUtf8 { .. })
    ));
}

#[test]
fn a_full_disk_stops_a_copy_with_the_file_that_did_not_fit() {
    let disk = sample();
    disk.fail_at(6, io::ErrorKind::StorageFull);
    let error = tree::copy(&disk, Path::new("/work/m"), Path::new("/repo/m")).unwrap_err();
    assert!(matches!(error, TreeError::Disk(_)), "{error}");
}

#[test]
fn a_read_only_directory_from_elsewhere_can_be_copied_and_removed() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = tempfile::tempdir().unwrap();
    let from = scratch.path().join("from");
    std::fs::create_dir_all(from.join("closed")).unwrap();
    std::fs::write(from.join("closed/file"), "x").unwrap();
    std::fs::set_permissions(from.join("closed"), PermissionsExt::from_mode(0o555)).unwrap();
    let to = scratch.path().join("to");
    tree::copy(&RealDisk, &from, &to).unwrap();
    assert_eq!(
        RealDisk.stat(&to.join("closed")).unwrap().unwrap().mode,
        0o755
    );
    tree::remove(&RealDisk, &to).unwrap();
    tree::remove(&RealDisk, &from).unwrap();
    assert_eq!(RealDisk.list(scratch.path()).unwrap(), []);
}

#[test]
fn removing_follows_no_link() {
    let scratch = tempfile::tempdir().unwrap();
    let outside = scratch.path().join("outside");
    let inside = scratch.path().join("inside");
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("kept"), "x").unwrap();
    std::fs::create_dir_all(&inside).unwrap();
    std::os::unix::fs::symlink(&outside, inside.join("link")).unwrap();
    tree::remove(&RealDisk, &inside).unwrap();
    assert!(outside.join("kept").exists());
    assert!(!inside.exists());
}

#[test]
fn a_very_deep_tree_exhausts_no_stack() {
    let disk = SimDisk::new();
    let deep = "d/".repeat(800);
    disk.put(format!("/m/{deep}file"), "x");
    assert_eq!(
        tree::walk(&disk, Path::new("/m"))
            .unwrap()
            .unwrap()
            .nodes
            .len(),
        801
    );
    TreeDigest::of(&disk, Path::new("/m")).unwrap();
    tree::remove(&disk, Path::new("/m")).unwrap();
}

#[test]
fn a_tree_deeper_than_the_longest_path_is_removed() {
    use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("deep");
    std::fs::create_dir(&root).unwrap();
    let name = "d".repeat(200);
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let mut at = openat(CWD, &root, flags, Mode::empty()).unwrap();
    // Sixty times two hundred is far beyond the longest path anywhere.
    for _ in 0..60 {
        mkdirat(&at, &name, Mode::RWXU).unwrap();
        at = openat(&at, &name, flags, Mode::empty()).unwrap();
        let file = openat(&at, "file", OFlags::CREATE | OFlags::WRONLY, Mode::RUSR).unwrap();
        drop(file);
    }
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::write(elsewhere.path().join("file"), "theirs").unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), root.join("link")).unwrap();
    tree::remove(&RealDisk, &root).unwrap();
    assert!(!root.exists());
    assert!(elsewhere.path().join("file").exists());
}

#[test]
fn the_ends_of_a_file_are_read_without_the_middle_and_those_of_a_short_one_are_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    RealDisk.write_new(&path, b"0123456789", 0o600).unwrap();
    let disk = SimDisk::new();
    disk.put("/file", "0123456789");
    for (most, first, last) in [
        (3, "012", "789"),
        (7, "0123456", "3456789"),
        (10, "0123456789", "0123456789"),
        (99, "0123456789", "0123456789"),
        (0, "", ""),
    ] {
        for ends in [
            RealDisk.read_ends(&path, most).unwrap(),
            disk.read_ends(Path::new("/file"), most).unwrap(),
        ] {
            assert_eq!(ends.first, first.as_bytes());
            assert_eq!(ends.last, last.as_bytes());
        }
    }
}
