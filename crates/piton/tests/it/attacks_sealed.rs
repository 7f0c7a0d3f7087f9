//! A table of attacks, each tried with the seal and without.

use std::path::PathBuf;

use crate::attacks::{attack, go_on, plant, settings, trap};
use crate::env::TestEnv;

/// Attacks, each with what is named when the agent runs without a seal; nothing
/// where nobody could look after it then.
const ATTACKS: &[(&str, Option<&str>)] = &[
    (
        "cd ../..; rm -rf .git; echo gitdir: $R/.git > .git; git branch by-file",
        Some("changed git's own files in its slot (.git itself)"),
    ),
    (
        "plant $R/.git/hooks/post-commit",
        Some(".git/hooks/post-commit"),
    ),
    (
        "plant $R/.husky/_/post-checkout",
        Some(".husky/_/post-checkout"),
    ),
    (
        "rm -r $R/.git/hooks; mkdir $R/.git/hooks; plant $R/.git/p; ln -s $R/.git/p $R/.git/hooks/post-commit",
        Some(".git/hooks/post-commit"),
    ),
    (
        "printf \"[branch \\\"x\\\"] remote = o\\n[core]\\n\\thooksPath = $R/h\\n\" >> $R/.git/config",
        Some(".git/config (core.hookspath)"),
    ),
    (
        "git -C $R config extensions.worktreeConfig true; git -C $R config --worktree core.hooksPath $R/h",
        Some(".git/config.worktree"),
    ),
    (
        "git push -q $R HEAD:refs/heads/pushed",
        Some("refs/heads/pushed"),
    ),
    ("git -C $R stash", Some("refs/stash")),
    (
        "git -C $R commit -q --allow-empty -m mine",
        Some("refs/heads/main moved"),
    ),
    (
        "git -C $R update-ref -d refs/heads/main",
        Some("refs/heads/main"),
    ),
    ("echo x >> $R/src/lib.rs", Some("src/lib.rs")),
    (
        "git config --global core.fsmonitor $R/.git/m",
        Some(".gitconfig (core.fsmonitor)"),
    ),
    ("rm -rf $R/.git/piton $R/src", None),
    ("echo x > $HOME/.profile", None),
];

/// A repository with something uncommitted, and hooks under a relative path
/// where the attack is on those.
fn attacked(bad: &str) -> TestEnv {
    let env = TestEnv::planned(0);
    env.repo.write(".gitignore", ".husky/_/\n");
    env.repo.commit_all("ignore");
    if bad.contains("husky") {
        env.repo.git(&["config", "core.hooksPath", ".husky/_"]);
    }
    env.repo.write("src/lib.rs", "// precious\n");
    env
}

#[test]
fn no_attack_of_a_sealed_agent_has_an_effect() {
    if piton_seal::Support::observe(piton_seal::Network::On).landlock < piton_seal::Support::LEAST {
        return;
    }
    for (bad, _) in ATTACKS {
        let env = attacked(bad);
        let (picture, settings_before) = (env.repo.status(), settings(&env));
        let home = home(&env);
        let attack = format!("{}({bad}) 2>/dev/null || :", plant(&env));
        let ran = env.step(&env.sealed_shell_agent(&attack));
        assert_eq!(ran.code, 0, "{bad}: {}", ran.shown());
        assert!(ran.stderr.contains("agents are sealed"), "{}", ran.shown());
        assert_eq!(settings(&env), settings_before, "{bad}");
        assert_eq!(env.repo.status(), picture, "{bad}");
        assert_eq!(env.repo.read("src/lib.rs"), "// precious\n", "{bad}");
        assert_eq!(self::home(&env), home, "{bad}");
        let references = env.repo.git(&[
            "for-each-ref",
            "--format=%(refname)",
            "refs/heads",
            "refs/stash",
        ]);
        assert_eq!(references, "refs/heads/main\n", "{bad}");
        go_on(&env);
    }
}

#[test]
fn every_attack_is_noticed_and_named_without_a_seal() {
    for (bad, named) in ATTACKS {
        let Some(named) = named else { continue };
        let env = attacked(bad);
        let ran = attack(&env, &format!("{}({bad}) 2>/dev/null || :", plant(&env)));
        let said = ran.shown();
        assert!(said.contains("not sealed: seal = \"off\""), "{bad}: {said}");
        assert!(said.contains(named), "{bad}: {said}");
        assert!(!trap(&env).exists(), "{bad}");
    }
}

/// What lies in the user's home, caches of piton's own left out.
fn home(env: &TestEnv) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(env.home.path()).unwrap().flatten();
    let mut all: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| !path.ends_with(".cache") && !path.ends_with("shell-agent"))
        .collect();
    all.sort();
    all
}
