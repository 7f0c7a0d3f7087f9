use std::io;
use std::path::Path;

use piton_durable::Log;
use piton_durable::log::{Lines, LogError, read_lines};
use piton_testkit::SimDisk;
use piton_testkit::sim::{Budget, every_crash};

const LOG: &str = "/repo/.git/piton/journals/one.jsonl";

fn lines(disk: &SimDisk) -> Lines {
    read_lines(disk, Path::new(LOG)).unwrap()
}

fn append_three(disk: &SimDisk, acknowledged: &mut usize) -> Result<(), LogError> {
    let mut log = Log::open(disk, Path::new(LOG), 0o600)?;
    for line in ["one", "two", "three"] {
        log.append(&line)?;
        *acknowledged += 1;
    }
    Ok(())
}

#[test]
fn after_a_crash_the_log_holds_every_acknowledged_line_and_at_most_one_more() {
    let start = SimDisk::new();
    start.put_dir("/repo/.git");
    let acknowledged = std::cell::Cell::new(0);
    let report = every_crash(
        &start,
        Budget::default(),
        |disk| {
            let mut count = 0;
            let _ = append_three(disk, &mut count);
            acknowledged.set(count);
        },
        |disk, point| {
            let found = lines(disk);
            let all = ["\"one\"", "\"two\"", "\"three\""];
            assert!(
                found.lines.len() >= acknowledged.get(),
                "{point}: {found:?}"
            );
            assert_eq!(found.lines, all[..found.lines.len()], "{point}");
            Log::open(disk, Path::new(LOG), 0o600)
                .unwrap()
                .append(&"next")
                .unwrap();
            let mut expected = found.lines;
            expected.push("\"next\"".into());
            assert_eq!(
                lines(disk),
                Lines {
                    lines: expected,
                    torn: 0
                },
                "{point}"
            );
        },
    );
    println!("appending three lines: {report}");
}

#[test]
fn a_torn_last_line_is_no_error() {
    let disk = SimDisk::new();
    disk.put(LOG, "{\"a\":1}\n{\"b\":");
    let found = lines(&disk);
    assert_eq!(found.lines, ["{\"a\":1}"]);
    assert_eq!(found.torn, 5);
}

#[test]
fn a_missing_log_is_empty() {
    assert_eq!(lines(&SimDisk::new()), Lines::default());
}

#[test]
fn an_append_that_failed_halfway_does_not_spoil_the_next() {
    let disk = SimDisk::new();
    disk.put_dir("/repo/.git");
    let mut log = Log::open(&disk, Path::new(LOG), 0o600).unwrap();
    log.append(&"one").unwrap();
    disk.fail_at(1, io::ErrorKind::StorageFull);
    assert!(matches!(log.append(&"two"), Err(LogError::Disk(_))));
    assert!(lines(&disk).torn > 0);
    log.append(&"three").unwrap();
    assert_eq!(
        lines(&disk),
        Lines {
            lines: vec!["\"one\"".into(), "\"three\"".into()],
            torn: 0
        }
    );
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let disk = SimDisk::new();
    disk.put(LOG, b"fine\n\xff\xfe\n");
    let error = read_lines(&disk, Path::new(LOG)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the log {LOG} is not UTF-8 in line 2")
    );
}

#[test]
fn a_line_whose_sync_failed_does_not_count() {
    let disk = SimDisk::new();
    disk.put_dir("/repo/.git");
    let mut log = Log::open(&disk, Path::new(LOG), 0o600).unwrap();
    log.append(&"one").unwrap();
    disk.fail_at(2, io::ErrorKind::Other);
    assert!(matches!(log.append(&"two"), Err(LogError::Disk(_))));
    log.append(&"three").unwrap();
    assert_eq!(lines(&disk).lines, ["\"one\"", "\"three\""]);
}

#[test]
fn a_torn_line_that_was_cut_never_comes_back() {
    let start = SimDisk::new();
    start.put(LOG, "\"old\"\n\"a torn line that is long");
    every_crash(
        &start,
        Budget::default(),
        |disk| {
            let log = Log::open(disk, Path::new(LOG), 0o600);
            let _ = log.and_then(|mut log| log.append(&"next"));
        },
        |disk, point| {
            let found = lines(disk).lines;
            let all = ["\"old\"", "\"next\""];
            let least = if point.is_end() { 2 } else { 1 };
            assert!(found.len() >= least, "{point}: {found:?}");
            assert_eq!(found, all[..found.len()], "{point}");
        },
    );
}

fn append_two_with_one_sync(disk: &SimDisk) -> Result<(), LogError> {
    let mut log = Log::open(disk, Path::new(LOG), 0o600)?;
    let before = disk.ops();
    log.append_unsynced(&"one")?;
    log.append_unsynced(&"two")?;
    assert_eq!(lines(disk).lines.len(), 2);
    assert_eq!(disk.ops(), before + 2, "one write a line");
    log.sync()
}

#[test]
fn what_was_appended_without_a_sync_is_there_and_one_sync_makes_it_last() {
    let start = SimDisk::new();
    start.put(LOG, "");
    every_crash(
        &start,
        Budget::default(),
        |disk| {
            let _ = append_two_with_one_sync(disk);
        },
        |disk, point| {
            let found = lines(disk).lines;
            assert_eq!(found, ["\"one\"", "\"two\""][..found.len()], "{point}");
            assert!(!point.is_end() || found.len() == 2, "{point}");
        },
    );
}
