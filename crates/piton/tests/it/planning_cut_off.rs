//! Steps of planning that are interrupted or killed.

use std::os::unix::process::CommandExt as _;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, strings, until};

fn signal(child: &Child, name: &str) {
    let sent = std::process::Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Interrupts a step while its agent works.
fn interrupt(env: &TestEnv, name: &str) -> Ran {
    let child = env.begin_step(&env.fake(&["prompt", "child", "session", "hang"]));
    until("the agent is at work", || {
        std::fs::read_to_string(env.home.path().join("pids"))
            .is_ok_and(|pids| pids.lines().count() == 3)
    });
    signal(&child, name);
    env.finish(child.wait_with_output().unwrap())
}

#[test]
fn an_interrupt_ends_the_agent_and_changes_nothing() {
    let env = TestEnv::planned(1);
    let before = env.picture();
    for name in ["INT", "TERM", "HUP"] {
        let ran = interrupt(&env, name);
        assert_eq!(ran.code, 130, "{}", ran.shown());
        assert!(env.picture() == before, "{name} changed something");
        env.assert_nothing_runs();
    }
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_in_order();
}

#[test]
fn what_was_interrupted_is_carried_on_from_its_journal() {
    let env = TestEnv::planned(1);
    let ran = interrupt(&env, "INT");
    assert!(
        ran.stderr.contains("run the command again"),
        "{}",
        ran.stderr
    );
    // Its journal can be gone on with as well. The agent of that plan hangs; another one answers under its name.
    std::fs::write(
        env.home.path().join("fake-agent"),
        "#!/bin/sh\ncat >/dev/null\necho 'Chosen approach: facade'\n",
    )
    .unwrap();
    let _ = env.ok(&["journal", "resume"]);
    assert_eq!(env.cursor(), "expand");
    env.assert_in_order();
}

#[test]
fn a_killed_pitons_agent_is_ended_by_the_next_command_that_writes() {
    let env = TestEnv::planned(1);
    let mut child = env.begin_step(&env.fake(&["prompt", "child", "session", "hang"]));
    until("the agent is at work", || {
        std::fs::read_to_string(env.home.path().join("pids"))
            .is_ok_and(|pids| pids.lines().count() == 3)
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!env.left_running().is_empty());
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(ran.stderr.contains("outlived its piton"), "{}", ran.stderr);
    env.assert_nothing_runs();
    env.assert_in_order();
}

#[test]
fn killed_at_any_time_the_next_step_just_works_and_nothing_accepted_is_lost() {
    let env = TestEnv::staged();
    // The agent gives every delay something to hit.
    let slow = env.shell_agent("sleep 0.04");
    let quick = env.shell_agent(":");
    let mut migrations = 0;
    let mut slug = String::new();
    let mut ready = true;
    let mut head = env.repo.git(&["rev-parse", "HEAD"]);
    for nth in 0..21_u64 {
        if ready {
            migrations += 1;
            slug = format!("killed-{migrations}");
            let _ = env.ok(&["migration", "new", &slug, "--target", "x"]);
        }
        let step = |agent: &[String]| {
            let mut arguments = strings(&["migration", "step", &slug]);
            arguments.extend_from_slice(agent);
            arguments
        };
        let mut child = env
            .command(&step(&slow))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let delay = Duration::from_millis(5 + (nth * 67) % 331);
        until("it is time, or over", || {
            begun.elapsed() >= delay || child.try_wait().unwrap().is_some()
        });
        // It may be over already. Every third time git is killed as well.
        if nth % 3 == 0 {
            let _ = std::process::Command::new("kill")
                .args(["-KILL", "--", &format!("-{}", child.id())])
                .output();
        }
        let _ = child.kill();
        child.wait().unwrap();
        let accepted = env.repo.subjects().len();
        env.repo
            .git(&["merge-base", "--is-ancestor", head.trim(), "HEAD"]);
        // Every other kill is followed by the next one without a rest.
        if nth % 2 == 1 {
            let ran = env.run(&step(&quick));
            let was_ready = ran.code == 2 && ran.stderr.contains("is ready");
            assert!(
                ran.code == 0 || was_ready,
                "after {delay:?}: {}",
                ran.shown()
            );
            env.assert_in_order();
            env.assert_nothing_runs();
            let commits = env
                .repo
                .subjects()
                .iter()
                .filter(|subject| subject.starts_with(&format!("piton: planning/{slug}/")))
                .count();
            let shown = env.show(&slug);
            let completed = shown["planning"]["completed"].as_array().unwrap().len();
            assert_eq!(completed, commits, "after {delay:?}: {}", ran.shown());
            assert!(env.repo.subjects().len() >= accepted, "{}", ran.shown());
            let candidates = env.path().join(".git/piton/work/candidates");
            let left = candidates.read_dir().map_or(0, Iterator::count);
            assert_eq!(
                left,
                0,
                "candidates of the dead are left after {delay:?}: {}",
                ran.shown()
            );
        }
        head = env.repo.git(&["rev-parse", "HEAD"]);
        ready = env
            .run(&["migration", "list", "--status", "ready", "--no-headers"])
            .stdout
            .contains(&slug);
    }
}
