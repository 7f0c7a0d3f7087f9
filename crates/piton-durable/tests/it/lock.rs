use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use piton_durable::{Holder, Lock, LockError};

fn holder(what: &str) -> Holder {
    Holder {
        pid: std::process::id(),
        host: "here".into(),
        since: Timestamp::from_second(1_800_000_000).unwrap(),
        what: what.into(),
    }
}

#[test]
fn a_held_lock_says_by_whom_since_when_and_for_what() {
    let scratch = tempfile::tempdir().unwrap();
    let lock = Lock::at(scratch.path().join("state/lock"));
    let _held = lock
        .acquire(&holder("publish of rework-auth"), Duration::ZERO)
        .unwrap();
    let error = lock
        .acquire(&holder("another"), Duration::ZERO)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} is held by process {} on here, since 2027-01-15T08:00:00Z, \
             for publish of rework-auth",
            scratch.path().join("state/lock").display(),
            std::process::id()
        )
    );
}

#[test]
fn a_released_lock_is_free_and_its_file_stays() {
    let scratch = tempfile::tempdir().unwrap();
    let lock = Lock::at(scratch.path().join("lock"));
    drop(lock.acquire(&holder("one"), Duration::ZERO).unwrap());
    assert!(scratch.path().join("lock").exists());
    assert_eq!(lock.holder(), None);
    drop(lock.acquire(&holder("two"), Duration::ZERO).unwrap());
}

#[test]
fn waiting_ends_at_its_limit_or_when_the_holder_lets_go() {
    let scratch = tempfile::tempdir().unwrap();
    let lock = Lock::at(scratch.path().join("lock"));
    let held = lock.acquire(&holder("one"), Duration::ZERO).unwrap();
    let begun = Instant::now();
    let limit = Duration::from_millis(30);
    assert!(lock.acquire(&holder("two"), limit).is_err());
    assert!(begun.elapsed() >= limit);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| lock.acquire(&holder("two"), Duration::from_secs(60)));
        drop(held);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn a_torn_or_stale_record_decides_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let lock = Lock::at(scratch.path().join("lock"));
    std::fs::write(scratch.path().join("lock"), "rubbish").unwrap();
    std::fs::write(scratch.path().join("lock.holder"), "{\"pid\":1,").unwrap();
    let held = lock.acquire(&holder("one"), Duration::ZERO).unwrap();
    std::fs::write(scratch.path().join("lock.holder"), "{\"pid\":1,").unwrap();
    match lock.acquire(&holder("two"), Duration::ZERO) {
        Err(LockError::Held { by: None, .. }) => {}
        other => panic!("{other:?}"),
    }
    drop(held);
}

#[test]
fn a_lock_dies_with_its_holder() {
    const CHILD: &str = "PITON_TEST_LOCK_CHILD";
    if let Some(path) = std::env::var_os(CHILD) {
        let lock = Lock::at(std::path::PathBuf::from(path));
        let _held = lock.acquire(&holder("child"), Duration::ZERO).unwrap();
        println!("locked");
        loop {
            std::thread::park();
        }
    }
    let scratch = tempfile::tempdir().unwrap();
    let lock = Lock::at(scratch.path().join("lock"));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "lock::a_lock_dies_with_its_holder",
            "--nocapture",
        ])
        .env(CHILD, scratch.path().join("lock"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("locked") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut out, &mut line).unwrap() > 0);
    }
    assert!(matches!(
        lock.acquire(&holder("parent"), Duration::ZERO),
        Err(LockError::Held { by: Some(_), .. })
    ));
    child.kill().unwrap();
    child.wait().unwrap();
    lock.acquire(&holder("parent"), Duration::ZERO).unwrap();
}

#[test]
fn a_lock_that_is_a_link_a_pipe_or_a_directory_is_refused_before_it_is_needed() {
    let scratch = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("elsewhere", scratch.path().join("lock")).unwrap();
    let lock = Lock::at(scratch.path().join("lock"));
    let refused = || {
        let no_file = |done| matches!(done, Err(LockError::NoFile { .. }));
        assert!(no_file(lock.refuse_unfit()));
        assert!(no_file(
            lock.acquire(&holder("one"), Duration::ZERO).map(drop)
        ));
    };
    refused();
    assert!(!scratch.path().join("elsewhere").exists());
    std::fs::remove_file(scratch.path().join("lock")).unwrap();
    lock.refuse_unfit().unwrap();
    assert!(
        !scratch.path().join("lock").exists(),
        "looking makes nothing"
    );
    std::fs::create_dir(scratch.path().join("lock")).unwrap();
    refused();
    std::fs::remove_dir(scratch.path().join("lock")).unwrap();
    let made = Command::new("mkfifo")
        .arg(scratch.path().join("lock"))
        .status();
    assert!(made.unwrap().success());
    refused();
    std::fs::remove_file(scratch.path().join("lock")).unwrap();
    drop(lock.acquire(&holder("one"), Duration::ZERO).unwrap());
    lock.refuse_unfit().unwrap();
}

#[test]
fn asking_whether_a_lock_is_held_changes_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("lock");
    let lock = Lock::at(&path);
    assert!(!lock.is_held().unwrap());
    assert!(!path.exists());
    let held = lock.acquire(&holder("one"), Duration::ZERO).unwrap();
    assert!(lock.is_held().unwrap());
    drop(held);
    assert!(!lock.is_held().unwrap());
}

#[test]
fn a_lock_below_a_file_is_an_error_and_one_below_what_is_yet_to_be_made_is_none() {
    let scratch = tempfile::tempdir().unwrap();
    Lock::at(scratch.path().join("not/there/lock"))
        .refuse_unfit()
        .unwrap();
    assert!(!scratch.path().join("not").exists());
    std::fs::write(scratch.path().join("file"), "").unwrap();
    let lock = Lock::at(scratch.path().join("file/lock"));
    assert!(matches!(lock.refuse_unfit(), Err(LockError::Io { .. })));
    assert!(matches!(lock.is_held(), Err(LockError::Io { .. })));
}

#[test]
fn a_record_of_a_holder_that_is_too_long_is_not_read() {
    let scratch = tempfile::tempdir().unwrap();
    let lock = Lock::at(scratch.path().join("lock"));
    let record = scratch.path().join("lock.holder");
    let write = |what: &str| {
        std::fs::write(&record, serde_json::to_vec(&holder(what)).unwrap()).unwrap();
        lock.holder()
    };
    let short = "x".repeat(3_900);
    assert_eq!(write(&short), Some(holder(&short)));
    assert_eq!(write(&"x".repeat(4_096)), None);
}
