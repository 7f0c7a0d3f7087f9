//! Migrations as they are looked at, found, mended and recovered.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use piton_durable::{Holder, Lock};
use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG, strings};

/// The name of a transaction as another tool gives it.
const TRANSACTION: &str = "migrations/__transactions__/0123456789abcdef0123456789abcdef";
const LOCK: &str = "migrations/__transactions__/.lock";
const MANIFEST: &str = "migrations/add-api/manifest.json";

/// Rewrites a field of the manifest, in the working tree.
fn edit_manifest(env: &TestEnv, field: &str, value: Value) {
    let mut manifest: Value = serde_json::from_str(&env.repo.read(MANIFEST)).unwrap();
    manifest[field] = value;
    let text = serde_json::to_string_pretty(&manifest).unwrap();
    env.repo.write(MANIFEST, &format!("{text}\n"));
}

#[test]
fn the_list_is_a_table_of_tabs_when_piped_and_one_broken_migration_hides_none() {
    let env = TestEnv::planned(1);
    let _ = env.ok(&["migration", "new", "other", "--target", "x"]);
    env.repo
        .write("migrations/broken/manifest.json", "{\"name\": ");
    env.repo.write("migrations/empty/notes.md", "x");
    let ran = env.ok(&["migration", "list"]);
    let rows: Vec<Vec<&str>> = ran
        .stdout
        .lines()
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(
        rows[0],
        [
            "slug",
            "status",
            "cursor",
            "awaiting_review",
            "last_touch",
            "cooldown",
            "reason"
        ]
    );
    let start = |row: &Vec<&str>| row[..3].join(" ");
    assert_eq!(
        rows[1..].iter().map(start).collect::<Vec<_>>(),
        [
            "add-api planning planning:pick-best",
            "broken invalid-manifest blocked",
            "empty invalid-manifest blocked",
            "other planning planning:approaches",
        ]
    );
    assert!(rows.iter().all(|row| row.len() == 7), "{rows:?}");
    assert!(rows[2][6].starts_with("invalid-manifest"), "{rows:?}");
    assert_eq!(rows[3][6], "missing-manifest");

    let json = env.ok(&["migration", "list", "--json"]).json();
    let first = &json["migrations"][0];
    assert_eq!(first["slug"], SLUG);
    assert_eq!(first["status"], "planning");
    assert_eq!(first["awaiting_human_review"], false);
    assert_eq!(json["migrations"].as_array().unwrap().len(), 4);
    let of = |more: &[&str]| {
        let words = [&["migration", "list", "--no-headers"], more].concat();
        env.ok(&words).stdout.lines().count()
    };
    assert_eq!(
        (
            of(&[]),
            of(&["--status", "planning"]),
            of(&["--status", "done"])
        ),
        (4, 2, 0)
    );
    assert_eq!(
        env.run(&["migration", "list", "--status", "nonsense"]).code,
        2
    );

    // The broken ones are found and shown as well, and checked beside the rest.
    let shown = env.show("broken");
    assert_eq!(shown["status"], Value::Null);
    assert_eq!(shown["findings"][0]["code"], "invalid-manifest");
    let doctor = env.run(&["migration", "doctor", "--all"]);
    assert_eq!(doctor.code, 1, "{}", doctor.shown());
    assert_eq!(env.run(&["migration", "doctor", SLUG]).code, 0);
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(
        ran.code,
        0,
        "a broken neighbour is no obstacle: {}",
        ran.shown()
    );
}

#[test]
fn an_empty_list_is_the_header_alone() {
    let env = TestEnv::staged();
    let ran = env.ok(&["migration", "list"]);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert_eq!(
        env.ok(&["migration", "list", "--json"]).json()["migrations"],
        json!([])
    );
}

#[test]
fn everything_about_a_migration_is_in_one_document() {
    let env = TestEnv::planned(7);
    let shown = env.show(SLUG);
    assert_eq!(shown["format"], 1);
    assert_eq!(shown["slug"], SLUG);
    assert_eq!(shown["status"], "ready");
    assert_eq!(shown["awaiting_human_review"], false);
    assert_eq!(shown["current_phase"], "facade");
    assert_eq!(shown["phases"][0]["file"], "phase-1-facade.md");
    assert_eq!(shown["phases"][1]["required_effort"], "medium");
    assert_eq!(shown["planning"]["next_step"], "terminal-ready");
    let completed = shown["planning"]["completed"].as_array().unwrap();
    assert_eq!(completed.len(), 7);
    assert_eq!(completed[3]["outcome"], "findings");
    assert_eq!(shown["digest"].as_str().unwrap().len(), 64);
    assert_eq!(shown["eligible"], true);
    assert_eq!(shown["findings"], json!([]));
}

#[test]
fn doctor_says_what_is_wrong_in_lines_in_json_and_in_sarif() {
    let env = TestEnv::planned(1);
    assert_eq!(env.run(&["migration", "doctor", SLUG]).shown(), "exit 0\n");
    assert_eq!(env.run(&["migration", "doctor"]).code, 2);
    assert_eq!(env.run(&["migration", "doctor", "nowhere"]).code, 2);
    assert_eq!(env.run(&["migration", "doctor", SLUG, "--all"]).code, 2);

    edit_manifest(&env, "name", "something-else".into());
    let ran = env.run(&["migration", "doctor", "--all"]);
    assert_eq!(ran.code, 1);
    let fields: Vec<&str> = ran.stdout.trim_end().split('\t').collect();
    assert_eq!(&fields[..3], [SLUG, "error", "manifest-slug-mismatch"]);
    assert_eq!(fields.len(), 5);
    assert!(fields[3].ends_with(MANIFEST), "{fields:?}");

    let ran = env.run(&["migration", "doctor", SLUG, "--json"]);
    assert_eq!(ran.code, 1);
    let finding = &ran.json()["reports"][0]["findings"][0];
    for field in ["severity", "mode", "code", "path", "message", "remedy"] {
        assert!(finding[field].is_string(), "{field}: {finding}");
    }
    let ran = env.run(&["migration", "doctor", "--all", "--sarif"]);
    assert_eq!(ran.code, 1);
    let sarif = ran.json();
    assert_eq!(sarif["version"], "2.1.0");
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "manifest-slug-mismatch");
    let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(location["uri"], MANIFEST);
}

#[test]
fn what_is_no_migration_is_refused_and_nothing_is_changed() {
    let env = TestEnv::planned(1);
    env.repo.write("outside/manifest.json", "{}");
    env.repo.write("migrations/.hidden/manifest.json", "{}");
    env.repo.write("migrations/__internal/manifest.json", "{}");
    std::os::unix::fs::symlink("../outside", env.path().join("migrations/link")).unwrap();
    std::os::unix::fs::symlink("migrations/add-api", env.path().join("alias")).unwrap();
    let before = env.world();
    let elsewhere = env.path().join("outside");
    let values: [&OsStr; 14] = [
        OsStr::new("../outside"),
        OsStr::new("migrations/../outside"),
        OsStr::new(".."),
        elsewhere.as_os_str(),
        OsStr::new("/etc"),
        OsStr::new("link"),
        OsStr::new("migrations/link"),
        OsStr::new("alias"),
        OsStr::new(".hidden"),
        OsStr::new("__internal"),
        OsStr::from_bytes(b"add-\xff"),
        OsStr::new("nowhere"),
        OsStr::new("migrations"),
        OsStr::new(""),
    ];
    for value in values {
        for (command, more) in [
            ("show", &[][..]),
            ("doctor", &[]),
            ("reject", &["--reason", "x"]),
            ("step", &["--with", "script", "--agent-script", "none.toml"]),
        ] {
            let mut arguments: Vec<OsString> =
                vec!["migration".into(), command.into(), value.into()];
            arguments.extend(more.iter().map(OsString::from));
            let ran = env.run(&arguments);
            assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.shown());
            assert_eq!(ran.stdout, "", "{arguments:?}");
            assert!(env.world() == before, "{arguments:?} touched something");
        }
    }
    for value in ["migrations/add-api", "./migrations/add-api/"] {
        let _ = env.ok(&["migration", "show", value]);
    }
    let _ = env.ok(&[
        OsStr::new("migration"),
        OsStr::new("show"),
        env.path().join("migrations/add-api").as_os_str(),
    ]);
}

/// Repairs, and requires a commit, a sound migration and nothing to do after.
fn repair(env: &TestEnv, code: &str) {
    let found = env.run(&["migration", "doctor", "--all"]);
    assert!(found.stdout.contains(code), "{}", found.shown());
    let commits = env.repo.subjects().len();
    let ran = env.ok(&["migration", "doctor", "--repair"]);
    assert_eq!(env.repo.subjects().len(), commits + 1, "{}", ran.shown());
    assert_eq!(env.repo.subjects()[0], "piton: repair add-api");
    env.assert_in_order();
    let again = env.run(&[
        "migration",
        "doctor",
        "--repair",
        "--dry-run",
        "--exit-code",
    ]);
    assert_eq!(again.code, 0, "{}", again.shown());
}

#[test]
fn a_manifest_of_another_name_is_mended_and_planning_goes_on() {
    let env = TestEnv::planned(1);
    edit_manifest(&env, "name", "something-else".into());
    env.repo.commit_all("broken");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.stderr.contains("migration doctor add-api"),
        "{}",
        ran.stderr
    );
    repair(&env, "manifest-slug-mismatch");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_cursor_on_no_phase_is_put_on_the_first_that_is_not_done() {
    let env = TestEnv::planned(7);
    edit_manifest(&env, "current_phase", "".into());
    env.repo.commit_all("broken");
    repair(&env, "invalid-current-phase");
    assert_eq!(env.show(SLUG)["current_phase"], "facade");
}

#[test]
fn references_that_were_moved_by_hand_are_pointed_home() {
    let env = TestEnv::planned(2);
    env.repo.git(&["mv", "migrations", "plans"]);
    let _ = env.ok(&["config", "set", "migrations-dir", "plans"]);
    env.repo.commit_all("moved by hand");
    repair(&env, "stage-reference-moved");
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn a_repair_of_what_is_not_committed_is_left_to_be_committed() {
    let env = TestEnv::planned(1);
    edit_manifest(&env, "name", "something-else".into());
    let commits = env.repo.subjects().len();
    let ran = env.ok(&["migration", "doctor", "--repair"]);
    assert!(ran.stdout.contains("not committed"), "{}", ran.shown());
    assert_eq!(env.repo.subjects().len(), commits);
    assert_eq!(env.run(&["migration", "doctor", "--all"]).code, 0);
}

#[test]
fn what_only_a_person_can_mend_is_named_and_left_alone() {
    let env = TestEnv::planned(1);
    env.repo.write("migrations/broken/manifest.json", "{");
    env.repo.commit_all("broken");
    let before = env.picture();
    let ran = env.ok(&["migration", "doctor", "--repair"]);
    assert!(
        ran.stdout.contains("broken: invalid-manifest"),
        "{}",
        ran.shown()
    );
    assert!(env.picture() == before);
}

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
            .contains("an interrupted publish is to be finished first"),
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
    let again = env.run(&[
        "migration",
        "doctor",
        "--repair",
        "--dry-run",
        "--exit-code",
    ]);
    assert_eq!(again.code, 0, "{}", again.shown());
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
