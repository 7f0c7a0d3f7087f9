//! Agents that go for the user's repository: refused or without effect, said,
//! nothing of the user's changed, and the next step works.

use std::path::PathBuf;

use crate::env::{Ran, TestEnv};
use crate::stage::{GOOD, SLUG};

/// Lets a shell that does everything well do something bad as well, without a
/// seal: then it is noticed.
pub(crate) fn attack(env: &TestEnv, bad: &str) -> Ran {
    env.step(&env.shell_agent(bad))
}

/// Requires that the attack has no effect beyond what is said.
fn check_without_effect(env: &TestEnv, bad: &str, said: &str) {
    let before = (
        env.repo.git(&["for-each-ref", "refs/heads", "refs/tags"]),
        settings(env),
    );
    let head = env.repo.git(&["symbolic-ref", "HEAD"]);
    let ran = attack(env, bad);
    assert_eq!(ran.code, 0, "{bad}: {}", ran.shown());
    assert!(ran.stderr.contains(said), "{bad}: {}", ran.shown());
    assert_eq!(settings(env), before.1, "{bad}");
    assert_eq!(env.repo.git(&["symbolic-ref", "HEAD"]), head, "{bad}");
    assert_eq!(env.repo.git(&["stash", "list"]), "", "{bad}");
    assert!(
        env.repo.subjects()[0].starts_with("piton: planning/"),
        "{bad}"
    );
    go_on(env);
}

/// Requires that the step is refused and everything is as it was.
fn check_refused(env: &TestEnv, bad: &str, said: &[&str]) {
    let before = env.picture();
    let settings_before = settings(env);
    let ran = attack(env, bad);
    assert_eq!(ran.code, 1, "{bad}: {}", ran.shown());
    for said in said {
        assert!(ran.shown().contains(said), "{bad}: {}", ran.shown());
    }
    assert_eq!(settings(env), settings_before, "{bad}");
    assert!(env.picture() == before, "{bad} changed something");
    go_on(env);
}

/// The next step works, and no trap is sprung by it.
pub(crate) fn go_on(env: &TestEnv) {
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        !trap(env).exists(),
        "{}",
        std::fs::read_to_string(trap(env)).unwrap()
    );
}

/// What makes the user's git run something.
pub(crate) fn settings(env: &TestEnv) -> (String, Vec<PathBuf>) {
    let mut hooks: Vec<PathBuf> = std::fs::read_dir(env.path().join(".git/hooks"))
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    hooks.sort();
    (env.repo.read(".git/config"), hooks)
}

/// The file that planted programs write.
pub(crate) fn trap(env: &TestEnv) -> PathBuf {
    env.home.path().join("sprung")
}

/// A shell word that makes a program at `$1` which springs the trap.
pub(crate) fn plant(env: &TestEnv) -> String {
    format!(
        "plant() {{ mkdir -p \"$(dirname \"$1\")\"; printf \"#!/bin/sh\\necho \\$0 >> {}\\n\" > \"$1\"; chmod +x \"$1\"; }}; R={}; ",
        trap(env).display(),
        env.path().display()
    )
}

#[test]
fn a_git_file_that_names_the_users_repository() {
    let env = TestEnv::planned(0);
    env.repo.write("staged", "precious");
    env.repo.git(&["add", "staged"]);
    let bad = format!(
        "cd \"$PITON_WORKSPACE\"/../..; rm -rf .git; echo \"gitdir: {}/.git\" > .git; cd \"$PITON_WORKSPACE\"",
        env.path().display()
    );
    check_without_effect(
        &env,
        &bad,
        "changed git's own files in its slot (.git itself)",
    );
    assert_eq!(env.repo.status(), "A  staged\n");
    assert_eq!(env.repo.read("staged"), "precious");
}

#[test]
fn git_at_work_in_the_slot() {
    let env = TestEnv::planned(0);
    env.repo.git(&["remote", "add", "origin", "/nowhere"]);
    check_without_effect(
        &env,
        "echo x >> ../../README.md; git stash -q; git commit -q --allow-empty -m mine; git tag t; \
         git update-ref -d refs/heads/main; git push -q origin HEAD 2>/dev/null || :",
        "changed git's own files in its slot (HEAD, references)",
    );
}

#[test]
fn hooks_in_the_slot_under_a_relative_path() {
    let env = TestEnv::planned(0);
    env.repo.write(".gitignore", ".husky/_/\n");
    env.repo.commit_all("ignore");
    env.repo.git(&["config", "core.hooksPath", ".husky/_"]);
    let bad = format!(
        "{}cd ../..; for h in post-checkout post-commit reference-transaction post-index-change; \
         do plant .husky/_/$h; plant .git/hooks/$h; done; git config core.hooksPath .git/hooks; \
         cd \"$PITON_WORKSPACE\"",
        plant(&env)
    );
    let ran = attack(&env, &bad);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    // The agent's own git springs its own trap, and nobody else's does.
    let _ = std::fs::remove_file(trap(&env));
    go_on(&env);
}

#[test]
fn hooks_planted_in_the_repository_are_set_aside_before_any_git_runs_them() {
    for place in ["$R/.git/hooks/post-commit", "$R/.husky/_/post-commit"] {
        let env = TestEnv::planned(0);
        env.repo.write(".gitignore", ".husky/_/\n");
        env.repo.commit_all("ignore");
        if place.contains("husky") {
            env.repo.git(&["config", "core.hooksPath", ".husky/_"]);
        }
        let bad = format!("{}plant {place}", plant(&env));
        check_refused(&env, &bad, &["post-commit", "was moved to"]);
    }
}

#[test]
fn what_was_planted_before_a_kill_never_runs_whatever_command_comes_next() {
    let save = |env: &TestEnv| env.script("good", GOOD);
    let next: [&[&str]; 4] = [
        &["status"],
        &["migration", "list"],
        &["migration", "step", SLUG],
        &["config", "set", "agent.model", "tall"],
    ];
    for command in next {
        let env = TestEnv::planned(0);
        let begun = env.home.path().join("begun");
        let bad = format!(
            "{}for h in post-commit reference-transaction post-index-change; do plant \
             $R/.git/hooks/$h; done; plant $R/.git/watch; git -C $R config core.fsmonitor \
             .git/watch; : > {}; sleep 1000",
            plant(&env),
            begun.display()
        );
        let mut child = env.begin_step(&env.shell_agent(&bad));
        while !begun.exists() {
            assert!(child.try_wait().unwrap().is_none(), "it ended before");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let agent = if command[1..] == ["step", SLUG] {
            save(&env)
        } else {
            Vec::new()
        };
        let args: Vec<&str> = (command.iter().copied())
            .chain(agent.iter().map(String::as_str))
            .collect();
        let ran = env.ok(&args);
        for said in [
            "piton was killed while an agent worked",
            "core.fsmonitor",
            "post-commit",
        ] {
            assert!(ran.stderr.contains(said), "{command:?}: {}", ran.shown());
        }
        assert!(!env.repo.exists(".git/hooks/post-commit"), "{command:?}");
        assert!(!env.repo.read(".git/config").contains("fsmonitor"));
        assert!(!trap(&env).exists(), "{command:?}");
        go_on(&env);
    }
}

#[test]
fn a_fresh_hooks_directory_with_a_link() {
    let env = TestEnv::planned(0);
    std::fs::remove_dir_all(env.path().join(".git/hooks")).unwrap();
    let bad = format!(
        "{}plant $R/.git/planted; mkdir -p $R/.git/hooks; ln -sf $R/.git/planted $R/.git/hooks/post-commit",
        plant(&env)
    );
    check_refused(&env, &bad, &[".git/hooks/post-commit"]);
}

#[test]
fn settings_planted_wherever_git_reads_them() {
    let env = TestEnv::planned(0);
    env.repo
        .git(&["config", "extensions.worktreeConfig", "true"]);
    let hidden = "printf \"[branch \\\"x\\\"] remote = o\\n[core]\\n\\thooksPath = $R/h\\n\" >> $R/.git/config";
    let bad = format!("{}plant $R/.git/h/post-commit; {hidden}", plant(&env));
    check_refused(&env, &bad, &[".git/config (core.hookspath)"]);
    let bad = format!(
        "{}plant $R/.git/h/post-commit; git -C $R config --worktree core.hooksPath $R/.git/h",
        plant(&env)
    );
    check_refused(&env, &bad, &[".git/config.worktree (core.hookspath)"]);
    let bad = format!(
        "{}git config --global core.fsmonitor $R/.git/m; plant $R/.git/m",
        plant(&env)
    );
    check_refused(&env, &bad, &[".gitconfig (core.fsmonitor)"]);
}

#[test]
fn references_of_the_repository() {
    let env = TestEnv::planned(0);
    let bad = format!("git -C {} branch -f sneaky", env.path().display());
    let ran = attack(&env, &bad);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.shown().contains("the reference refs/heads/sneaky"),
        "{}",
        ran.shown()
    );
    let bad = format!(
        "git -C {} update-ref -d refs/heads/main 2>/dev/null || :",
        env.path().display()
    );
    let head = env.repo.git(&["rev-parse", "HEAD"]);
    let ran = attack(&env, &bad);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.shown().contains("the reference refs/heads/main"),
        "{}",
        ran.shown()
    );
    env.repo
        .git(&["update-ref", "refs/heads/main", head.trim()]);
    go_on(&env);
}

#[test]
fn a_stash_of_the_users_changes() {
    let env = TestEnv::planned(0);
    env.repo.write("src/lib.rs", "// precious\n");
    let bad = format!("git -C {} stash -q", env.path().display());
    let ran = attack(&env, &bad);
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.shown().contains("the reference refs/stash"),
        "{}",
        ran.shown()
    );
    assert!(
        ran.shown()
            .contains("files of your working tree changed: src/lib.rs"),
        "{}",
        ran.shown()
    );
}

#[test]
fn a_commit_in_the_users_tree_is_told_for_it_may_be_the_users() {
    let env = TestEnv::planned(0);
    let bad = format!(
        "git -C {} commit -q --allow-empty -m mine",
        env.path().display()
    );
    let ran = attack(&env, &bad);
    assert!(
        ran.stderr.contains("refs/heads/main moved from"),
        "{}",
        ran.shown()
    );
    assert!(
        ran.stderr.contains("if that was not you, check it"),
        "{}",
        ran.shown()
    );
}

#[test]
fn a_repository_inside_the_migration_is_refused_by_name() {
    let env = TestEnv::planned(0);
    check_refused(
        &env,
        "git init -q inner",
        &["inner", "repository of its own"],
    );
}

#[test]
fn leftovers_of_tests_cost_a_warning_and_no_step() {
    let env = TestEnv::planned(0);
    let ran = attack(
        &env,
        "mkdir -p ../../src/__pycache__; echo x > ../../src/__pycache__/a.pyc",
    );
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert!(
        ran.stderr.contains(&format!(
            "new files outside migrations/{SLUG} were thrown away: src/__pycache__/a.pyc"
        )),
        "{}",
        ran.shown()
    );
    env.assert_in_order();
}

#[test]
fn a_tree_deeper_than_the_longest_path_blocks_no_later_step() {
    for place in ["../..", "."] {
        let env = TestEnv::planned(0);
        let deep = format!(
            "cd {place}; d=$(printf 'd%.0s' $(seq 200)); i=0; while [ $i -lt 30 ]; do \
             mkdir $d && cd $d || break; i=$((i+1)); done; echo x > x; cd \"$PITON_WORKSPACE\""
        );
        let ran = attack(&env, &deep);
        assert!([0, 1].contains(&ran.code), "{place}: {}", ran.shown());
        go_on(&env);
        assert_eq!(env.repo.status(), "", "{place}");
    }
}

#[test]
fn a_worktree_that_an_earlier_piton_half_made_stops_nobody() {
    let env = TestEnv::planned(0);
    // `git worktree add`, killed between opening and writing `commondir`.
    for (file, text) in [
        ("gitdir", "/nowhere/.git\n"),
        ("HEAD", ""),
        ("commondir", ""),
    ] {
        let path = format!(".git/worktrees/step/{file}");
        env.repo.write(&path, text);
    }
    go_on(&env);
    let ran = env.run(&["migration", "doctor", "--repair"]);
    assert_eq!(ran.code, 0, "{}", ran.shown());
}

#[test]
fn agents_work_outside_of_any_git_directory() {
    let env = TestEnv::planned(0);
    let ran = attack(&env, "pwd > $HOME/where");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let place = std::fs::read_to_string(env.home.path().join("where")).unwrap();
    assert!(!place.contains("/.git"), "{place}");
    assert!(place.contains("/.cache/piton/"), "{place}");
}

#[test]
fn a_repository_that_slots_cannot_show_is_refused_before_an_agent_is_called() {
    let env = TestEnv::planned(0);
    env.repo.write("clean.sh", "#!/bin/sh\ncat\n");
    env.repo.commit_all("a filter");
    env.repo
        .git(&["config", "filter.mine.clean", "sh clean.sh"]);
    let ran = attack(&env, "touch $HOME/called");
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(
        ran.shown().contains("the filter \"mine\""),
        "{}",
        ran.shown()
    );
    assert!(!env.home.path().join("called").exists());
}

#[test]
fn slots_lie_where_the_settings_say_and_never_inside_the_repository() {
    let env = TestEnv::planned(0);
    let elsewhere = tempfile::tempdir().unwrap();
    env.repo.git(&["config", "advice.x", "y"]);
    let at = |dir: &str| {
        let output = env
            .command(&["migration", "step", SLUG])
            .args(env.script("good", GOOD))
            .env("PITON_SLOT_DIR", dir)
            .output()
            .unwrap();
        env.finish(output)
    };
    for inside in ["slots", ".git/slots", "../x/../"] {
        let inside = if inside.starts_with("..") {
            env.path().join("a/..").display().to_string()
        } else {
            inside.to_owned()
        };
        let ran = at(&inside);
        assert!(
            ran.shown().contains("inside the repository"),
            "{}",
            ran.shown()
        );
    }
    let ran = at(elsewhere.path().to_str().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(elsewhere.path().read_dir().unwrap().count(), 1);
}
