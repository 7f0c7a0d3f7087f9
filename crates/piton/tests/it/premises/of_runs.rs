//! What must hold before a run calls an agent, and between its calls.

use piton_selftest::trace::{End, Fault, SUPPORTED, Verdict, Watch};

use super::{calls, counted};
use crate::env::TestEnv;
use crate::stage::{SLUG, strings};
use crate::struck::{said, struck_below};

/// The agent's words for beginning a merge in the user's repository.
fn begins_a_merge(env: &TestEnv) -> String {
    let top = env.path().display();
    format!("git -C {top} rev-parse HEAD >{top}/.git/MERGE_HEAD")
}

fn run_all() -> Vec<String> {
    strings(&[
        "run",
        "--focus-on-live-migrations",
        "--validation-command",
        "true",
    ])
}

#[test]
fn a_merge_that_the_user_begins_during_a_run_ends_it_before_the_next_call() {
    let env = TestEnv::planned(0);
    let _ = env.ok(&["migration", "new", "another", "--target", "x"]);
    let args = counted(&env, &begins_a_merge(&env));
    let ran = env.run(&[run_all(), args].concat());
    assert_eq!(calls(&env), 1, "{}", ran.shown());
    assert_eq!(ran.code, 3, "{}", ran.shown());
    assert!(
        ran.shown().contains("a merge is under way"),
        "{}",
        ran.shown()
    );
    assert!(ran.shown().contains("git merge --abort"), "{}", ran.shown());
    std::fs::remove_file(env.path().join(".git/MERGE_HEAD")).unwrap();
    let quiet = counted(&env, "");
    let ran = env.run(&[run_all(), quiet].concat());
    assert!(
        ran.shown().contains("landed"),
        "what waited is not landed: {}",
        ran.shown()
    );
}

#[test]
fn a_merge_that_the_user_begins_between_two_calls_of_one_action_keeps_the_second_from_being_made() {
    let env = TestEnv::planned(7);
    let before = env.repo.subjects();
    let args = counted(&env, &begins_a_merge(&env));
    let ran = env.run(&[run_all(), args].concat());
    assert_eq!(calls(&env), 1, "{}", ran.shown());
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let told = "a merge is under way";
    assert!(ran.shown().contains(told), "{}", ran.shown());
    assert_eq!(env.repo.subjects(), before);
    std::fs::remove_file(env.path().join(".git/MERGE_HEAD")).unwrap();
    // It counted as no failure: the next run asks anew, and carries it out.
    let changes = format!("echo x >>{}/../../x", "$PITON_WORKSPACE");
    let ran = env.run(&[run_all(), counted(&env, &changes)].concat());
    assert!(calls(&env) >= 3, "{}", ran.shown());
    assert_ne!(env.repo.subjects(), before, "{}", ran.shown());
}

#[test]
fn what_changed_in_the_users_tree_during_the_first_call_is_told_although_no_second_was_made() {
    let env = TestEnv::planned(7);
    let top = env.path().display().to_string();
    let strays = format!("echo x >{top}/stray.txt; {}", begins_a_merge(&env));
    let args = counted(&env, &strays);
    let ran = env.run(&[run_all(), args].concat());
    assert_eq!((ran.code, calls(&env)), (3, 1), "{}", ran.shown());
    assert!(ran.shown().contains("stray.txt"), "{}", ran.shown());
}

#[test]
fn a_step_that_a_run_made_and_could_not_land_lands_with_the_step_command_without_a_call() {
    let env = TestEnv::planned(0);
    let args = counted(&env, &begins_a_merge(&env));
    let ran = env.run(&[run_all(), args].concat());
    assert_eq!((ran.code, calls(&env)), (3, 1), "{}", ran.shown());
    // While the merge goes on nothing lands, and nobody is called.
    let ran = env.step(&counted(&env, ""));
    assert_eq!((ran.code, calls(&env)), (3, 1), "{}", ran.shown());
    std::fs::remove_file(env.path().join(".git/MERGE_HEAD")).unwrap();
    let dry = env.step(&[counted(&env, ""), strings(&["--dry-run"])].concat());
    assert!(
        dry.shown().contains("without a new call"),
        "{}",
        dry.shown()
    );
    assert_eq!(env.cursor(), "approaches");
    let ran = env.step(&[counted(&env, ""), strings(&["--json"])].concat());
    assert_eq!((ran.code, calls(&env)), (0, 1), "{}", ran.shown());
    assert_eq!(env.cursor(), "pick-best", "{}", ran.shown());
    assert_eq!(ran.json()["verified"], true, "{}", ran.shown());
    assert_eq!(env.repo.git(&["for-each-ref", "refs/piton/unlanded"]), "");
    assert_eq!(env.repo.status(), "");
    let next = env.step(&counted(&env, ""));
    assert_eq!((next.code, calls(&env)), (0, 2), "{}", next.shown());
}

#[test]
fn where_nothing_can_be_locked_it_is_told_before_an_agent_is_called() {
    let env = TestEnv::planned(0);
    let lock = env.path().join(".git/piton/lock");
    let commands = || {
        [
            strings(&["migration", "step", SLUG]),
            run_all(),
            strings(&["run-once", "--paths", "src/lib.rs"]),
        ]
    };
    let told_first = || {
        for command in commands() {
            let ran = env.run(&[command, counted(&env, "")].concat());
            assert_eq!((ran.code, calls(&env)), (1, 0), "{}", ran.shown());
            assert!(
                ran.shown()
                    .contains(".git/piton/lock is not a regular file"),
                "{}",
                ran.shown()
            );
        }
    };
    std::fs::create_dir_all(&lock).unwrap();
    told_first();
    std::fs::remove_dir(&lock).unwrap();
    std::os::unix::fs::symlink("/dev/null", &lock).unwrap();
    told_first();
    std::fs::remove_file(&lock).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&lock).status();
    assert!(made.unwrap().success());
    told_first();
    std::fs::remove_file(&lock).unwrap();
    let ran = env.step(&counted(&env, ""));
    assert_eq!((ran.code, calls(&env)), (0, 1), "{}", ran.shown());
}

#[test]
fn an_answer_that_a_hook_refused_in_a_run_waits_and_is_published_without_a_new_call() {
    for again in [strings(&["migration", "step", SLUG]), run_once()] {
        let env = TestEnv::planned(0);
        env.repo
            .hook("pre-commit", "#!/bin/sh\necho not today >&2\nexit 1\n");
        let before = env.repo.subjects();
        let ran = env.run(&[run_all(), counted(&env, "")].concat());
        let shown = ran.shown();
        assert_eq!((ran.code, calls(&env)), (1, 1), "{shown}");
        assert!(shown.contains("not today"), "{shown}");
        assert!(shown.contains("the answer is kept"), "{shown}");
        assert_eq!(env.repo.subjects(), before, "{shown}");
        std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
        let ran = env.run(&[again, counted(&env, "")].concat());
        assert_eq!((ran.code, calls(&env)), (0, 1), "{}", ran.shown());
        assert_eq!(env.cursor(), "pick-best", "{}", ran.shown());
        env.assert_in_order();
        let left = env.path().join(".git/piton/work/candidates");
        assert_eq!(std::fs::read_dir(left).unwrap().count(), 0);
    }
}

#[test]
fn an_answer_of_a_run_for_which_there_was_no_room_waits() {
    if !SUPPORTED {
        return;
    }
    let env = TestEnv::planned(0);
    let args = [run_once(), counted(&env, "")].concat();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let mut hit = false;
    let end = struck_below(&env, env.home.path(), Watch::Writes, &args, &mut |point| {
        // git's objects of the slot, after the call.
        let is_object = point.path.to_string_lossy().contains("/objects/");
        if calls(&env) == 0 || !is_object || !point.faults.contains(&Fault::NoSpace) {
            return Verdict::Go;
        }
        hit = true;
        Verdict::Fail(Fault::NoSpace)
    });
    let said = said(&env);
    assert!(hit && end == End::Exit(1), "{hit}, {end:?}: {said}");
    assert!(said.contains("the answer is kept"), "{said}");
    let ran = env.step(&counted(&env, ""));
    assert_eq!((ran.code, calls(&env)), (0, 1), "{}", ran.shown());
    assert_eq!(env.cursor(), "pick-best", "{}", ran.shown());
}

fn run_once() -> Vec<String> {
    strings(&[
        "run-once",
        "--paths=src/lib.rs",
        "--validation-command=true",
    ])
}
