use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use piton_durable::{Disk, DiskRead};
use piton_testkit::sim::{Budget, Leaf};
use piton_testkit::{SimDisk, recording};

fn p(path: &str) -> &Path {
    Path::new(path)
}

/// Returns what a file may hold after a crash now; `None` for no file.
fn fates(disk: &SimDisk, path: &str) -> BTreeSet<Option<Vec<u8>>> {
    disk.after_crash(Budget::default())
        .iter()
        .map(|after| after.read(p(path)).ok())
        .collect()
}

#[test]
fn nothing_unsynced_is_safe_and_a_synced_file_may_still_lose_its_name() {
    let disk = SimDisk::new();
    disk.put_dir("/d");
    disk.write_new(p("/d/f"), b"abcd", 0o644).unwrap();
    assert_eq!(
        fates(&disk, "/d/f"),
        BTreeSet::from([
            None,
            Some(b"".to_vec()),
            Some(b"abcd".to_vec()),
            Some(b"ab".to_vec()),
            Some(b"\0\0\0\0".to_vec())
        ])
    );
    disk.sync_file(p("/d/f")).unwrap();
    assert_eq!(
        fates(&disk, "/d/f"),
        BTreeSet::from([None, Some(b"abcd".to_vec())])
    );
    disk.sync_dir(p("/d")).unwrap();
    assert_eq!(
        fates(&disk, "/d/f"),
        BTreeSet::from([Some(b"abcd".to_vec())])
    );
}

#[test]
fn a_name_may_be_safe_before_its_bytes_are() {
    let disk = SimDisk::new();
    disk.put_dir("/d");
    disk.write_new(p("/d/f"), b"abcd", 0o644).unwrap();
    disk.sync_dir(p("/d")).unwrap();
    assert!(fates(&disk, "/d/f").contains(&Some(b"".to_vec())));
    assert!(!fates(&disk, "/d/f").contains(&None));
}

#[test]
fn a_rename_between_directories_is_lost_or_kept_whole_until_both_are_synced() {
    let disk = SimDisk::new();
    disk.put("/a/f", "x");
    disk.put_dir("/b");
    disk.rename(p("/a/f"), p("/b/f")).unwrap();
    disk.sync_dir(p("/b")).unwrap();
    let found: BTreeSet<(bool, bool)> = disk
        .after_crash(Budget::default())
        .iter()
        .map(|after| {
            (
                after.stat(p("/a/f")).unwrap().is_some(),
                after.stat(p("/b/f")).unwrap().is_some(),
            )
        })
        .collect();
    assert_eq!(found, BTreeSet::from([(true, false), (false, true)]));
    disk.sync_dir(p("/a")).unwrap();
    assert_eq!(disk.after_crash(Budget::default()).len(), 1);
}

#[test]
fn an_exchange_is_lost_or_kept_whole() {
    let disk = SimDisk::new();
    disk.put("/a/x/f", "1");
    disk.put("/b/x/f", "2");
    disk.exchange(p("/a/x"), p("/b/x")).unwrap();
    let found: BTreeSet<_> = disk
        .after_crash(Budget::default())
        .iter()
        .map(|after| {
            (
                after.read(p("/a/x/f")).unwrap(),
                after.read(p("/b/x/f")).unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        BTreeSet::from([
            (b"1".to_vec(), b"2".to_vec()),
            (b"2".to_vec(), b"1".to_vec())
        ])
    );
}

#[test]
fn independent_names_are_lost_in_any_order() {
    let disk = SimDisk::new();
    disk.put_dir("/d");
    disk.create_dir(p("/d/one")).unwrap();
    disk.create_dir(p("/d/two")).unwrap();
    let found: BTreeSet<usize> = disk
        .after_crash(Budget::default())
        .iter()
        .map(|after| after.list(p("/d")).unwrap().len())
        .collect();
    assert_eq!(found, BTreeSet::from([0, 1, 2]));
    assert_eq!(disk.after_crash(Budget::default()).len(), 4);
}

#[test]
fn what_one_name_went_through_is_kept_in_order() {
    let disk = SimDisk::new();
    disk.put("/d/f", "old");
    disk.write_new(p("/d/t"), b"new", 0o644).unwrap();
    disk.sync_file(p("/d/t")).unwrap();
    disk.rename(p("/d/t"), p("/d/f")).unwrap();
    assert_eq!(
        fates(&disk, "/d/f"),
        BTreeSet::from([Some(b"old".to_vec()), Some(b"new".to_vec())])
    );
}

#[test]
fn after_the_plug_is_pulled_nothing_works() {
    let disk = SimDisk::new();
    disk.put_dir("/d");
    disk.crash_before(2);
    disk.create_dir(p("/d/one")).unwrap();
    assert!(disk.create_dir(p("/d/two")).is_err());
    assert!(disk.list(p("/d")).is_err());
    assert!(disk.crashed());
}

#[test]
fn a_full_disk_leaves_half_a_file() {
    let disk = SimDisk::new();
    disk.fail_at(1, io::ErrorKind::StorageFull);
    let error = disk.write_new(p("/f"), b"abcd", 0o644).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert_eq!(disk.read(p("/f")).unwrap(), b"ab");
}

#[test]
fn renames_refuse_what_a_real_disk_refuses() {
    let disk = SimDisk::new();
    disk.put("/full/f", "x");
    disk.put("/file", "x");
    disk.put_dir("/dir");
    disk.put_dir("/empty");
    disk.mount("/far", 2);
    let check = |from: &str, to: &str, expected: io::ErrorKind| {
        assert_eq!(disk.rename(p(from), p(to)).unwrap_err().kind(), expected);
    };
    check("/dir", "/full", io::ErrorKind::DirectoryNotEmpty);
    check("/dir", "/file", io::ErrorKind::NotADirectory);
    check("/file", "/dir", io::ErrorKind::IsADirectory);
    check("/file", "/far/file", io::ErrorKind::CrossesDevices);
    check("/dir", "/dir/below", io::ErrorKind::InvalidInput);
    assert_eq!(
        disk.rename_new(p("/dir"), p("/empty")).unwrap_err().kind(),
        io::ErrorKind::AlreadyExists
    );
    disk.rename(p("/dir"), p("/empty")).unwrap();
}

#[test]
fn a_recording_disk_writes_down_every_write() {
    let (disk, recorded) = recording(SimDisk::new());
    disk.create_dir(p("/d")).unwrap();
    disk.write_new(p("/d/f"), b"x", 0o600).unwrap();
    disk.append(p("/d/f"), 0o600).unwrap().append(b"y").unwrap();
    let text: Vec<String> = recorded.ops().iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "CreateDir /d",
            "WriteNew /d/f",
            "OpenAppend /d/f",
            "Append /d/f"
        ]
    );
    assert_eq!(disk.read(p("/d/f")).unwrap(), b"xy");
}

#[test]
fn a_snapshot_tells_kinds_apart() {
    let disk = SimDisk::new();
    disk.put_symlink("/m/link", "/x");
    disk.put_pipe("/m/pipe");
    let kinds: Vec<Leaf> = disk.snapshot("/m").into_values().collect();
    assert_eq!(
        kinds,
        [Leaf::Dir { mode: 0o755 }, Leaf::Symlink, Leaf::Other]
    );
}
