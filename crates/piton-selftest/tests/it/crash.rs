//! Sweeps over a small program that stands for piton.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use piton_selftest::crash::{CrashError, Options, Report, sweep};
use tempfile::TempDir;

/// Runs the scenario `init` over a shell script that is given as piton.
fn init(script: &str, change: impl FnOnce(&mut Options)) -> Result<Report, CrashError> {
    let keep = TempDir::new().unwrap();
    let root = keep.path().canonicalize().unwrap();
    let program = root.join("piton");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let directory: PathBuf = root.join("scratch");
    std::fs::create_dir(&directory).unwrap();
    let mut options = Options {
        program,
        directory,
        path: std::env::var_os("PATH").unwrap(),
        only: vec!["init".to_owned()],
        point: None,
        every: 1,
        time: None,
        errors: false,
    };
    change(&mut options);
    sweep(&options, &|| false, &|_| {})
}

/// Writes all that `init` writes, each by a rename.
const SOUND: &str = r#"
put() { [ -e "$1" ] || { mkdir -p "$(dirname "$1")" && echo x >../new && mv ../new "$1"; }; }
put .piton/taste.md && put migrations/.gitkeep && put piton.toml"#;

fn whys(report: &Report) -> String {
    let lines: Vec<_> = report.bad.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn a_program_that_keeps_its_promises_has_no_bad_point() {
    let report = init(SOUND, |_| {}).unwrap();
    assert!(report.points >= 10, "{}", report.sum());
    assert_eq!(
        report.sum(),
        format!("{} points, 0 bad", report.points),
        "{}",
        whys(&report)
    );
    assert_eq!(report.scenarios, [("init".to_owned(), report.points)]);
}

#[test]
fn what_is_not_finished_afterwards_is_bad() {
    let script = format!("[ -e .piton ] && exit 0; {SOUND}");
    let report = init(&script, |_| {}).unwrap();
    assert!(
        whys(&report).contains("piton.toml is not there"),
        "{}",
        whys(&report)
    );
}

#[test]
fn a_lock_of_gits_that_is_left_is_bad() {
    let script = format!(": >>.git/index.lock; rm .git/index.lock; {SOUND}");
    let report = init(&script, |_| {}).unwrap();
    let whys = whys(&report);
    // Between making and removing it lies one point.
    assert_eq!(report.bad.len(), 0, "the next one removes it: {whys}");
    let script = format!(
        "[ -e .git/index.lock ] || {{ : >>.git/index.lock; rm .git/index.lock; }}; {SOUND}"
    );
    let report = init(&script, |_| {}).unwrap();
    assert_eq!(report.bad.len(), 1, "{}", report.sum());
    let bad = &report.bad[0];
    assert!(
        bad.at.ends_with(".git/index.lock") && bad.at.starts_with("unlink"),
        "{bad}"
    );
    assert!(
        bad.to_string()
            .contains("git's locks are left: .git/index.lock"),
        "{bad}"
    );
}

#[test]
fn a_change_of_the_users_files_is_bad() {
    let script = format!("echo mine >>b.py; {SOUND}");
    let report = init(&script, |_| {}).unwrap();
    assert!(
        whys(&report).contains("the user's files changed"),
        "{}",
        whys(&report)
    );
}

#[test]
fn faults_are_tried_in_place_of_kills() {
    let report = init(SOUND, |options| options.errors = true).unwrap();
    assert_eq!(report.bad, [], "{}", whys(&report));
    let script = format!("trap 'kill -ABRT $$' EXIT; set -e; {SOUND}; trap - EXIT");
    let report = init(&script, |options| options.errors = true).unwrap();
    assert!(
        whys(&report).contains("no space left]: it ended with signal 6"),
        "{}",
        whys(&report)
    );
}

#[test]
fn a_scenario_that_does_not_even_work_is_told_as_bad() {
    let report = init("echo no >&2; exit 1", |_| {}).unwrap();
    assert_eq!(report.sum(), "0 points, 1 bad");
    assert!(
        whys(&report).contains("it cannot be set up"),
        "{}",
        whys(&report)
    );
}

#[test]
fn points_can_be_picked_and_time_be_short() {
    let report = init(SOUND, |options| options.every = 4).unwrap();
    let all = report.scenarios[0].1;
    assert_eq!(report.points, all.div_ceil(4));
    let report = init(SOUND, |options| options.point = Some(3)).unwrap();
    assert_eq!(report.points, 1);
    let report = init(SOUND, |options| options.time = Some(Duration::ZERO)).unwrap();
    assert!(report.cut_short && report.points == 0);
}
