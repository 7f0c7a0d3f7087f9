//! Places that nothing can be written to: it is told before an agent is called.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::env::{Ran, TestEnv};
use crate::stage::{SLUG, strings};

/// Runs piton as somebody whom modes bind, which root is not; `None` where
/// nobody can be that.
fn bound(env: &TestEnv, args: &[String]) -> Option<Ran> {
    env.apart(&["--map-user=1000", "--map-group=1000"], &[], args)
}

/// Returns the arguments for an agent that notes its calls.
fn counted(env: &TestEnv) -> Vec<String> {
    let calls = env.home.path().join("calls");
    env.shell_agent(&format!("echo called >>{}", calls.display()))
}

fn was_called(env: &TestEnv) -> bool {
    env.home.path().join("calls").exists()
}

fn set_mode(path: &Path, mode: u32) {
    set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn run_all() -> Vec<String> {
    strings(&[
        "run",
        "--focus-on-live-migrations",
        "--max-refactors=1",
        "--validation-command=true",
    ])
}

/// Requires that a command is refused for a place before anybody is called, and
/// says the way out. `false` where nobody can be bound by modes.
fn is_refused(env: &TestEnv, place: &str, command: Vec<String>) -> bool {
    let shown = format!("{place}: {command:?}");
    let Some(ran) = bound(env, &[command, counted(env)].concat()) else {
        return false;
    };
    let shown = format!("{shown}: {}", ran.shown());
    assert!(!was_called(env), "{shown}");
    assert_eq!(ran.code, 1, "{shown}");
    assert!(ran.shown().contains("no agent was called"), "{shown}");
    assert!(ran.shown().contains(&format!("/{place} ")), "{shown}");
    assert!(ran.shown().contains("write access"), "{shown}");
    assert!(!ran.shown().contains("its work"), "{shown}");
    true
}

#[test]
fn where_git_cannot_write_no_review_is_held_and_no_stored_plan_is_carried_out() {
    let review = strings(&["migration", "review", SLUG]);
    let implement = strings(&["plan", "implement", "tidy", "--validation-command=true"]);
    let env = TestEnv::waiting();
    let _ = env.ok(&["config", "set", "plans.backend", "local"]);
    env.repo.write("plan.txt", "Tidy it up.\n");
    let _ = env.ok(&["plan", "create", "--file", "plan.txt", "--title", "Tidy"]);
    env.repo.commit_all("a plan");
    for (place, commands) in [
        (".git", vec![&review, &implement]),
        (".git/objects", vec![&review, &implement]),
        (".git/refs/heads", vec![&review, &implement]),
        ("migrations", vec![&review]),
    ] {
        let there = env.path().join(place);
        let before = std::fs::metadata(&there).unwrap().permissions().mode();
        set_mode(&there, before & !0o222);
        for command in commands {
            if !is_refused(&env, place, command.clone()) {
                println!("skipped: nobody else can be had here");
                return;
            }
        }
        set_mode(&there, before);
    }
    let ran = bound(&env, &[implement, counted(&env)].concat()).unwrap();
    assert!(was_called(&env), "{}", ran.shown());
}

#[test]
fn where_git_cannot_write_it_is_told_before_an_agent_is_called() {
    let step = strings(&["migration", "step", SLUG]);
    let once = strings(&[
        "run-once",
        "--paths=src/lib.rs",
        "--validation-command=true",
    ]);
    let places = [
        ".git",
        ".git/objects",
        ".git/refs/heads",
        ".git/refs",
        "migrations",
    ];
    for place in places {
        let env = TestEnv::planned(0);
        std::fs::create_dir_all(env.path().join(".git/piton")).unwrap();
        let there = env.path().join(place);
        let before = std::fs::metadata(&there).unwrap().permissions().mode();
        set_mode(&there, before & !0o222);
        for command in [step.clone(), run_all(), once.clone()] {
            if !is_refused(&env, place, command) {
                println!("skipped: nobody else can be had here");
                return;
            }
        }
        set_mode(&there, before);
        let ran = bound(&env, &[step.clone(), counted(&env)].concat()).unwrap();
        assert_eq!(ran.code, 0, "{place}: {}", ran.shown());
        env.assert_in_order();
    }
}
