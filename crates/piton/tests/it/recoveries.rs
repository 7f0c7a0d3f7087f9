//! What killed publishes left behind, set right by the next command.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use piton_durable::{Holder, Lock};
use serde_json::json;

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG, strings};

/// The name of a transaction as another tool gives it.
const TRANSACTION: &str = "migrations/__transactions__/0123456789abcdef0123456789abcdef";
const LOCK: &str = "migrations/__transactions__/.lock";

/// The number of a process that has ended.
fn dead() -> u32 {
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    child.id()
}

fn lock(env: &TestEnv, pid: u32, since: Timestamp) {
    let owner = json!({
        "created_at": since.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string(),
        "operation": "planning.expand",
        "pid": pid,
    });
    env.repo
        .write(&format!("{LOCK}/owner.json"), &owner.to_string());
}

fn dead_lock(env: &TestEnv) {
    lock(env, dead(), "2026-01-02T03:04:05Z".parse().unwrap());
}

/// A lock that its maker was killed in before, or after, it wrote its name.
fn nameless_lock(env: &TestEnv) {
    let path = env.path().join(LOCK);
    std::fs::create_dir_all(&path).unwrap();
    let then = SystemTime::now() - Duration::from_secs(60);
    std::fs::File::open(path)
        .unwrap()
        .set_modified(then)
        .unwrap();
}

fn copy(env: &TestEnv, from: &str, to: &str) {
    std::fs::create_dir_all(env.path().join(to).parent().unwrap()).unwrap();
    let copied = std::process::Command::new("cp")
        .args(["-R", from, to])
        .current_dir(env.path())
        .status()
        .unwrap();
    assert!(copied.success());
}

/// Makes another version of the migration live, as a publish would.
fn new_live(env: &TestEnv) {
    env.repo
        .write("migrations/add-api/approaches/new.md", "new\n");
}

/// Has the next ordinary command recover, and returns what it said.
fn recover(arrange: impl Fn(&TestEnv)) -> (TestEnv, Ran) {
    let env = TestEnv::planned(1);
    arrange(&env);
    let before = env.world();
    let script = env.script("good", GOOD);
    let dry = env.step(&[script.clone(), strings(&["--dry-run"])].concat());
    let mut touched = env.world().touched_since(&before);
    touched.retain(|path| !path.starts_with(env.home.path()));
    assert!(touched.is_empty(), "the dry run touched {touched:?}");
    assert!(
        dry.stderr
            .contains("an interrupted publish has to be finished first"),
        "{}",
        dry.shown()
    );
    let ran = env.step(&script);
    assert!(
        !env.repo.exists("migrations/__transactions__"),
        "{}",
        ran.shown()
    );
    (env, ran)
}

fn said(ran: &Ran) -> Vec<&str> {
    ran.stderr
        .lines()
        .filter_map(|line| line.strip_prefix("recovered: "))
        .collect()
}

#[test]
fn after_a_kill_that_left_the_old_version_live_planning_just_goes_on() {
    type Row = (&'static str, fn(&TestEnv), &'static [&'static str]);
    let rows: [Row; 5] = [
        (
            "a lock without a name",
            nameless_lock,
            &["removed the dead lock"],
        ),
        (
            "a lock of a dead process",
            dead_lock,
            &["removed the dead lock"],
        ),
        (
            "an empty transaction",
            |env| {
                dead_lock(env);
                std::fs::create_dir_all(env.path().join(TRANSACTION)).unwrap();
            },
            &["removed the dead lock", "removed the empty leftover"],
        ),
        (
            "a copy that is not whole",
            |env| {
                dead_lock(env);
                env.repo
                    .write(&format!("{TRANSACTION}/staged/plan.md"), "half");
            },
            &[
                "removed the dead lock",
                "moved what an interrupted publish left",
            ],
        ),
        (
            "nothing live",
            |env| {
                dead_lock(env);
                copy(env, "migrations/add-api", &format!("{TRANSACTION}/staged"));
                copy(
                    env,
                    "migrations/add-api",
                    &format!("{TRANSACTION}/rollback"),
                );
                std::fs::remove_dir_all(env.path().join("migrations/add-api")).unwrap();
            },
            &[
                "removed the dead lock",
                "put the migration add-api back, which an interrupted publish had moved away",
                "moved what an interrupted publish left",
            ],
        ),
    ];
    for (row, arrange, lines) in rows {
        let (env, ran) = recover(arrange);
        assert_eq!(ran.code, 0, "{row}: {}", ran.shown());
        let said = said(&ran);
        assert_eq!(said.len(), lines.len(), "{row}: {}", ran.stderr);
        for (said, line) in said.iter().zip(lines) {
            assert!(said.starts_with(line), "{row}: {said}");
        }
        assert_eq!(env.cursor(), "expand", "{row}");
        env.assert_in_order();
        let quiet = env.step(&env.script("good", GOOD));
        assert_eq!(self::said(&quiet), [""; 0], "{row}: it is said once");
    }
}

#[test]
fn after_a_kill_that_left_the_new_version_live_it_stays_and_is_to_be_committed() {
    type Row = (&'static str, fn(&TestEnv), &'static [&'static str]);
    let rows: [Row; 4] = [
        (
            "the old version whole",
            |env| {
                dead_lock(env);
                copy(
                    env,
                    "migrations/add-api",
                    &format!("{TRANSACTION}/rollback"),
                );
                new_live(env);
            },
            &[
                "removed the dead lock",
                "moved what an interrupted publish left",
            ],
        ),
        (
            "the old version half removed",
            |env| {
                dead_lock(env);
                copy(
                    env,
                    "migrations/add-api",
                    &format!("{TRANSACTION}/rollback"),
                );
                std::fs::remove_file(env.path().join(TRANSACTION).join("rollback/manifest.json"))
                    .unwrap();
                new_live(env);
            },
            &[
                "removed the dead lock",
                "moved what an interrupted publish left",
            ],
        ),
        (
            "only the lock",
            |env| {
                dead_lock(env);
                new_live(env);
            },
            &["removed the dead lock"],
        ),
        (
            "half of the lock",
            |env| {
                nameless_lock(env);
                new_live(env);
            },
            &["removed the dead lock"],
        ),
    ];
    for (row, arrange, lines) in rows {
        let (env, ran) = recover(arrange);
        // What another tool published and did not commit is not ours to commit.
        assert_eq!(ran.code, 1, "{row}: {}", ran.shown());
        assert!(
            ran.stderr.contains("commit these changes"),
            "{row}: {}",
            ran.stderr
        );
        let said = said(&ran);
        assert_eq!(said.len(), lines.len(), "{row}: {}", ran.stderr);
        for (said, line) in said.iter().zip(lines) {
            assert!(said.starts_with(line), "{row}: {said}");
        }
        assert_eq!(
            env.repo.status(),
            "?? migrations/add-api/approaches/new.md\n",
            "{row}"
        );
        env.repo.commit_all("published by another tool");
        let ran = env.step(&env.script("good", GOOD));
        assert_eq!(ran.code, 0, "{row}: {}", ran.shown());
        env.assert_in_order();
    }
}

#[test]
fn the_doctor_names_a_leftover_and_mends_it() {
    let env = TestEnv::planned(1);
    dead_lock(&env);
    env.repo
        .write(&format!("{TRANSACTION}/staged/plan.md"), "half");
    let ran = env.run(&["migration", "doctor", "--all"]);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stdout.contains("transaction-leftover"),
        "{}",
        ran.stdout
    );
    let ran = env.ok(&["migration", "doctor", "--repair"]);
    assert!(
        ran.stdout.contains("removed the dead lock"),
        "{}",
        ran.shown()
    );
    env.assert_in_order();
    assert!(env.kept("failures").contains("half"));
    env.assert_nothing_to_repair();
}

#[test]
fn a_lock_of_a_living_process_is_honoured_and_its_holder_told() {
    let us = std::process::id();
    let theirs = TestEnv::planned(1);
    lock(&theirs, us, Timestamp::now());
    let ours = TestEnv::planned(1);
    std::fs::create_dir_all(ours.path().join(".git/piton")).unwrap();
    let holder = Holder {
        pid: us,
        host: "here".into(),
        since: Timestamp::UNIX_EPOCH,
        what: "a long test".into(),
    };
    let guard = Lock::at(ours.path().join(".git/piton/lock"))
        .acquire(&holder, Duration::ZERO)
        .unwrap();

    let reject = ["migration", "reject", SLUG, "--reason", "x"];
    let process = format!("process {us}");
    let cases: [(&TestEnv, &[&str]); 2] = [
        (
            &theirs,
            &[&process, "since ", "for planning.expand", "try again"],
        ),
        (&ours, &[&process, "1970-01-01", "a long test"]),
    ];
    // Each waits for a while; they can do that at the same time.
    let begun = cases.map(|(env, told)| {
        let before = env.picture();
        let child = env
            .command(&reject)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        (env, told, before, child)
    });
    for (env, told, before, child) in begun {
        let ran = env.finish(child.wait_with_output().unwrap());
        assert_eq!(ran.code, 1, "{}", ran.shown());
        for told in told {
            assert!(ran.shown().contains(told), "{told}: {}", ran.shown());
        }
        assert!(env.picture() == before);
    }
    drop(guard);
    let _ = ours.ok(&reject);
}
