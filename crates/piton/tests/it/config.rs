//! `piton config` and the files it reads.

use insta::assert_snapshot;

use crate::env::TestEnv;

#[test]
fn every_value_is_shown_with_its_origin() {
    let env = TestEnv::new();
    env.repo.write(
        "piton.toml",
        "# ours\ntaste = \"docs/taste.md\"\n[runs]\nkeep = 3\n",
    );
    let output = env
        .command(&["config", "show", "--origin"])
        .env("PITON_AGENT_MODEL", "m1")
        .output()
        .unwrap();
    assert_snapshot!(env.finish(output).stdout);
}

#[test]
fn what_counts_only_when_it_is_committed_is_told_where_settings_are_shown() {
    let env = TestEnv::new();
    env.repo.write("piton.toml", "seal = \"require\"\n");
    env.repo.commit_all("sealed");
    let _ = env.ok(&["config", "set", "seal", "off"]);
    for command in [&["config", "get", "seal"][..], &["config", "show"]] {
        let ran = env.ok(command);
        assert!(ran.stdout.contains("require"), "{}", ran.shown());
        assert!(
            ran.stderr
                .contains("seal in piton.toml is not as committed"),
            "{}",
            ran.shown()
        );
    }
    env.repo.commit_all("without");
    let ran = env.ok(&["config", "get", "seal"]);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("off\n", ""));
}

#[test]
fn an_agent_that_lacks_its_program_is_no_misspelling() {
    let env = TestEnv::planned(0);
    let ran = env.run(&["migration", "step", "add-api", "--with", "command"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(ran.stderr.contains("--agent-command"), "{}", ran.shown());
    assert!(!ran.stderr.contains("did you mean"), "{}", ran.shown());
}

#[test]
fn a_setting_without_a_value_prints_nothing_and_ends_with_1() {
    let ran = TestEnv::new().run(&["config", "get", "agent.script"]);
    assert_eq!(ran.shown(), "exit 1\n");
}

#[test]
fn a_wrong_file_is_named_with_its_line_and_nothing_runs() {
    let env = TestEnv::new();
    env.repo
        .write("piton.toml", "taste = \"t\"\n[agent]\nmodle = \"x\"\n");
    assert_snapshot!(env.run(&["init"]).shown());
    env.repo.write("piton.toml", "[runs]\nkeep = true\n");
    assert_snapshot!(env.run(&["config", "show"]).shown());
}

#[test]
fn setting_a_value_keeps_comments_and_order() {
    let env = TestEnv::new();
    env.repo.write(
        "piton.toml",
        "# ours\ntaste = \"a\" # why\n\n[runs] # kept\nkeep = 3\n",
    );
    let _ = env.ok(&["config", "set", "taste", "b"]);
    let _ = env.ok(&["config", "set", "agent.model", "m"]);
    assert_snapshot!(env.repo.read("piton.toml"));
    let again = env.ok(&["config", "set", "taste", "b"]);
    assert!(again.stdout.contains("nothing to do"), "{}", again.stdout);
}

#[test]
fn a_value_that_does_not_fit_is_refused_and_changes_nothing() {
    let env = TestEnv::new();
    let before = env.world();
    for (key, value) in [
        ("runs.keep", "many"),
        ("effort.default", "huge"),
        ("taste", "../x"),
        ("no", "x"),
    ] {
        let ran = env.run(&["config", "set", key, value]);
        assert_eq!(ran.code, 2, "{key} {value}: {}", ran.stderr);
    }
    assert_eq!(env.world(), before);
}

#[test]
fn the_users_file_is_set_where_asked() {
    let env = TestEnv::new();
    let _ = env.ok(&["config", "set", "--user", "agent.use", "codex"]);
    let file = env.home.path().join(".config/piton/config.toml");
    assert_eq!(
        std::fs::read_to_string(file).unwrap(),
        "[agent]\nuse = \"codex\"\n"
    );
    assert_eq!(env.ok(&["config", "get", "agent.use"]).stdout, "codex\n");
}

#[test]
fn a_validation_command_that_cannot_start_is_set_with_a_warning() {
    let env = TestEnv::new();
    let told = "the program nothere was not found";
    for more in [&[][..], &["--user"], &["--dry-run"]] {
        let args = ["config", "set", "validation-command", "nothere --all"];
        let ran = env.ok(&[&args[..], more].concat());
        assert!(ran.stderr.contains(told), "{more:?}: {}", ran.stderr);
    }
    for (command, more) in [
        ("sh -c 'cd x && make'", &[][..]),
        // Where it stands is another matter in each repository.
        ("./check.sh", &["--user"]),
        ("none", &[]),
    ] {
        let args = ["config", "set", "validation-command", command];
        let ran = env.ok(&[&args[..], more].concat());
        assert!(
            !ran.stderr.contains("not found"),
            "{command}: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_table_that_is_set_like_a_setting_is_told_the_one_that_was_meant() {
    let env = TestEnv::new();
    env.repo.write("piton.toml", "agent = \"claude\"\n");
    let ran = env.run(&["status"]);
    assert_eq!(ran.code, 2, "{}", ran.shown());
    assert!(
        ran.stderr.contains("did you mean `agent.use`"),
        "{}",
        ran.stderr
    );
}
