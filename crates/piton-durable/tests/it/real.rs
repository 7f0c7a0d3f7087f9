use std::io::ErrorKind;
use std::path::Path;

use piton_durable::{Disk, DiskRead, DiskResult, Entry, Kind, RealDisk};
use piton_testkit::SimDisk;

fn kind<T>(done: DiskResult<T>) -> Option<ErrorKind> {
    done.err().map(|error| error.kind())
}

/// Both disks, each with a directory that is empty.
fn on_both(check: impl Fn(&dyn Disk, &Path)) {
    let real = tempfile::tempdir().unwrap();
    check(&RealDisk, &real.path().canonicalize().unwrap());
    let simulated = SimDisk::new();
    simulated.put_dir("/top");
    check(&simulated, Path::new("/top"));
}

#[test]
fn a_new_file_has_its_bytes_and_its_mode_and_replaces_nothing() {
    on_both(|disk, top| {
        let file = top.join("file");
        disk.write_new(&file, b"four", 0o622).unwrap();
        let stat = disk.stat(&file).unwrap().unwrap();
        assert_eq!((stat.kind, stat.mode, stat.len), (Kind::File, 0o622, 4));
        assert!(stat.modified.is_some());
        let again = disk.write_new(&file, b"other", 0o600);
        assert_eq!(kind(again), Some(ErrorKind::AlreadyExists));
        assert_eq!(disk.read(&file).unwrap(), b"four");
        disk.set_mode(&file, 0o400).unwrap();
        assert_eq!(disk.stat(&file).unwrap().unwrap().mode, 0o400);
        disk.remove_file(&file).unwrap();
        assert_eq!(disk.stat(&file).unwrap(), None);
    });
}

#[test]
fn nothing_stands_at_a_name_that_is_missing_or_below_a_file() {
    on_both(|disk, top| {
        disk.write_new(&top.join("file"), b"", 0o600).unwrap();
        assert_eq!(disk.stat(&top.join("missing")).unwrap(), None);
        assert_eq!(disk.stat(&top.join("file/below")).unwrap(), None);
        let read = disk.read(&top.join("missing"));
        assert_eq!(kind(read), Some(ErrorKind::NotFound));
    });
    // What cannot be looked at is not taken for nothing.
    let real = tempfile::tempdir().unwrap();
    let long = real.path().join("x".repeat(300));
    RealDisk.stat(&long).unwrap_err();
}

#[test]
fn a_file_is_read_up_to_its_limit_and_its_ends_at_any_length() {
    on_both(|disk, top| {
        let file = top.join("file");
        disk.write_new(&file, b"0123456789", 0o600).unwrap();
        assert_eq!(disk.read_at_most(&file, 10).unwrap(), b"0123456789");
        let over = disk.read_at_most(&file, 9);
        assert_eq!(kind(over), Some(ErrorKind::FileTooLarge));
        let ends = disk.read_ends(&file, 3).unwrap();
        assert_eq!(
            (&ends.first[..], &ends.last[..]),
            (&b"012"[..], &b"789"[..])
        );
        let all = disk.read_ends(&file, 99).unwrap();
        assert_eq!(all.first, all.last);
    });
}

#[test]
fn what_is_no_regular_file_is_not_read() {
    on_both(|disk, top| {
        assert!(disk.read(top).is_err());
    });
    let real = tempfile::tempdir().unwrap();
    std::fs::write(real.path().join("file"), "x").unwrap();
    let link = real.path().join("link");
    std::os::unix::fs::symlink("file", &link).unwrap();
    RealDisk.read(&link).unwrap_err();
    RealDisk.append(&link, 0o600).unwrap_err();
    RealDisk.truncate(&link, 0).unwrap_err();
    assert_eq!(RealDisk.read_link(&link).unwrap(), Path::new("file"));
    assert_eq!(std::fs::read(real.path().join("file")).unwrap(), b"x");
    let top = real.path().canonicalize().unwrap();
    assert_eq!(RealDisk.resolve(&link).unwrap(), top.join("file"));
    // A pipe that nobody writes to must not keep its reader.
    let pipe = real.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    assert_eq!(kind(RealDisk.read(&pipe)), Some(ErrorKind::InvalidInput));
}

#[test]
fn appending_goes_to_the_end_and_makes_the_file_where_it_is_missing() {
    on_both(|disk, top| {
        let file = top.join("log");
        let mut log = disk.append(&file, 0o600).unwrap();
        log.append(b"one").unwrap();
        log.append(b"two").unwrap();
        log.sync().unwrap();
        assert_eq!(disk.read(&file).unwrap(), b"onetwo");
        disk.truncate(&file, 3).unwrap();
        log.append(b"three").unwrap();
        let mut other = disk.append(&file, 0o600).unwrap();
        other.append(b"!").unwrap();
        assert_eq!(disk.read(&file).unwrap(), b"onethree!");
    });
}

#[test]
fn names_are_listed_in_order_with_what_they_are() {
    on_both(|disk, top| {
        for name in ["c", "a", "b"] {
            disk.write_new(&top.join(name), b"", 0o600).unwrap();
        }
        disk.create_dir(&top.join("ab")).unwrap();
        let entry = |name: &str, kind| Entry {
            name: name.into(),
            kind,
        };
        let expected = [
            entry("a", Kind::File),
            entry("ab", Kind::Dir),
            entry("b", Kind::File),
            entry("c", Kind::File),
        ];
        assert_eq!(disk.list(top).unwrap(), expected);
    });
    let real = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("nowhere", real.path().join("link")).unwrap();
    let link = RealDisk.list(real.path()).unwrap();
    assert_eq!(link[0].kind, Kind::Symlink);
    let stat = RealDisk.stat(&real.path().join("link")).unwrap().unwrap();
    assert_eq!(stat.kind, Kind::Symlink);
    assert_eq!(
        RealDisk.stat(Path::new("/dev/null")).unwrap().unwrap().kind,
        Kind::Other
    );
}

#[test]
fn each_rename_does_what_it_says_and_no_more() {
    on_both(|disk, top| {
        let [a, b, free] = ["a", "b", "free"].map(|name| top.join(name));
        let read = |path: &Path| disk.read(path).unwrap();
        disk.write_new(&a, b"a", 0o600).unwrap();
        disk.write_new(&b, b"b", 0o600).unwrap();
        let taken = disk.rename_new(&a, &b);
        assert_eq!(kind(taken), Some(ErrorKind::AlreadyExists));
        disk.exchange(&a, &b).unwrap();
        assert_eq!((read(&a), read(&b)), (b"b".to_vec(), b"a".to_vec()));
        disk.rename_new(&a, &free).unwrap();
        assert_eq!((disk.stat(&a).unwrap(), read(&free)), (None, b"b".to_vec()));
        disk.rename(&b, &free).unwrap();
        assert_eq!((disk.stat(&b).unwrap(), read(&free)), (None, b"a".to_vec()));
        disk.exchange(&a, &free).unwrap_err();
        assert_eq!(read(&free), b"a");
    });
}

#[test]
fn a_directory_goes_once_it_is_empty_and_what_is_missing_cannot_be_synced() {
    on_both(|disk, top| {
        let dir = top.join("dir");
        disk.create_dir(&dir).unwrap();
        assert_eq!(kind(disk.create_dir(&dir)), Some(ErrorKind::AlreadyExists));
        disk.write_new(&dir.join("file"), b"", 0o600).unwrap();
        let full = disk.remove_dir(&dir);
        assert_eq!(kind(full), Some(ErrorKind::DirectoryNotEmpty));
        disk.sync_file(&dir.join("file")).unwrap();
        disk.sync_dir(&dir).unwrap();
        disk.sync_file(&dir.join("missing")).unwrap_err();
        disk.sync_dir(&top.join("missing")).unwrap_err();
        disk.remove_file(&dir.join("file")).unwrap();
        disk.remove_dir(&dir).unwrap();
        assert_eq!(disk.stat(&dir).unwrap(), None);
    });
}

#[test]
fn a_directory_is_removed_in_many_steps_with_all_that_is_in_it() {
    let real = tempfile::tempdir().unwrap();
    let top = real.path().join("top");
    std::fs::create_dir_all(top.join("a/b")).unwrap();
    std::fs::write(top.join("a/file"), "x").unwrap();
    std::fs::write(real.path().join("outside"), "x").unwrap();
    std::os::unix::fs::symlink("../../outside", top.join("a/link")).unwrap();
    RealDisk.remove_deep(&top).unwrap();
    let left = RealDisk.list(real.path()).unwrap();
    assert_eq!(left.len(), 1, "{left:?}");
}
