//! Surroundings and arguments that nobody would choose: each is told in one
//! clear line, with its code, and changes nothing.

use crate::env::TestEnv;
use crate::stage::{GOOD, SLUG, strings};

#[test]
fn hostile_arguments_are_told_harmlessly_and_change_nothing() {
    let env = TestEnv::planned(0);
    let before = env.picture();
    let long = "x".repeat(5000);
    let red = "a\u{1b}[31m";
    for (args, told) in [
        (
            vec!["migration", "new", &long, "--target", "x"],
            "at most 100 characters",
        ),
        (
            vec!["migration", "rename", SLUG, &long],
            "at most 100 characters",
        ),
        (vec!["migration", "show", &long], "does not exist"),
        (
            vec!["migration", "new", red, "--target", "x"],
            "invalid value",
        ),
        (
            vec!["migration", "list", "--status=\u{1b}[31m"],
            "invalid value",
        ),
        (vec![red], "error:"),
        (vec!["migration", "show", red], "a\\u{1b}[31m"),
        (
            vec!["migration", "refine", SLUG, "--file", "/tmp"],
            "not a regular file",
        ),
        (
            vec!["migration", "refine", SLUG, "--file", "/no"],
            "no such file",
        ),
    ] {
        let ran = env.run(&args);
        assert_eq!(ran.code, 2, "{told} {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{told} {}", ran.stderr);
        assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    }
    assert_eq!(env.picture(), before);
}

#[test]
fn what_cannot_be_written_is_told_by_every_command() {
    let env = TestEnv::planned(0);
    for args in [
        &["--version"][..],
        &["--help"],
        &["help", "migration", "new"],
        &["status"],
        &["status", "--json"],
        &["completions", "bash"],
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let Ok(full) = full else { return };
        let output = env.command(args).stdout(full).output().unwrap();
        let ran = env.finish(output);
        assert_eq!(ran.code, 1, "{args:?} {}", ran.shown());
        assert!(
            ran.stderr.contains("could not write the output"),
            "{}",
            ran.shown()
        );
    }
}

#[test]
fn the_users_settings_may_be_a_link_and_the_repositorys_may_not() {
    use std::os::unix::fs::symlink;
    let env = TestEnv::staged();
    let dir = env.home.path().join(".config/piton");
    std::fs::create_dir_all(&dir).unwrap();
    let kept = env.home.path().join("dotfiles.toml");
    std::fs::write(&kept, "agent.model = \"m\"\n").unwrap();
    symlink(&kept, dir.join("config.toml")).unwrap();
    assert_eq!(env.ok(&["config", "get", "agent.model"]).stdout, "m\n");
    let _ = env.ok(&["config", "set", "--user", "agent.model", "n"]);
    assert_eq!(
        std::fs::read_to_string(&kept).unwrap(),
        "agent.model = \"n\"\n"
    );
    assert!(dir.join("config.toml").is_symlink());

    std::fs::rename(env.path().join("piton.toml"), env.home.path().join("ours")).unwrap();
    symlink(env.home.path().join("ours"), env.path().join("piton.toml")).unwrap();
    let ran = env.run(&["status"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("symbolic link"), "{}", ran.shown());
}

#[test]
fn a_commit_on_no_branch_is_warned_of() {
    let env = TestEnv::planned(1);
    env.repo.git(&["checkout", "-q", "--detach"]);
    let mut step = strings(&["migration", "step", SLUG, "--dry-run"]);
    step.extend(env.script("good", GOOD));
    for args in [step, strings(&["migration", "undo", SLUG, "--dry-run"])] {
        let ran = env.ok(&args);
        assert!(
            ran.stdout.contains("no branch is checked out"),
            "{}",
            ran.shown()
        );
    }
}

#[test]
fn a_plan_that_is_ready_with_nothing_in_it_is_wrong_and_not_ready() {
    let env = TestEnv::planned(2);
    let path = "migrations/add-api/manifest.json";
    let text = env.repo.read(path);
    env.repo
        .write(path, &text.replace("\"planning\"", "\"ready\""));
    let status = env.ok(&["status", "--json"]).json();
    assert_eq!(status["ready"], serde_json::json!([]));
    let shown = env.ok(&["status"]).stdout;
    assert!(shown.contains("its manifest lists no phases"), "{shown}");
    assert!(shown.contains("piton migration doctor add-api"), "{shown}");
}
