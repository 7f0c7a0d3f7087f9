//! The same attacks by agents that are sealed: none has an effect.
#![expect(clippy::print_stderr, reason = "a test says when it is skipped")]

use piton_agent::Limits;
use piton_agent::sealing::SealTerms;
use piton_seal::{Network, Standing, Support, Wanted};

use crate::misdeeds::{WRITES, call_shell};
use crate::world::{GOOD, World};

/// Returns the terms of a sealed call, or nothing where this kernel has none.
fn terms(world: &World) -> Option<SealTerms> {
    let support = Support::observe(Network::On);
    if support.landlock < Support::SIGNALS {
        eprintln!("skipped: this kernel cannot seal (Linux 6.12 can)");
        return None;
    }
    let standing = Standing::decide(Wanted::Require, Network::On, support).unwrap();
    Some(SealTerms {
        standing: standing.clone(),
        validation: standing.clone(),
        others: standing,
        home: std::env::var_os("HOME").map(Into::into),
        temporary: std::env::temp_dir(),
        hide: vec![world.repo.path().join("secret")],
        ..SealTerms::off()
    })
}

const ATTACKS: &[&str] = &[
    "git -C REPO branch sneaky",
    "git -C REPO tag sneaky",
    "git -C REPO stash",
    "git -C REPO update-ref -d refs/heads/main",
    "git -C REPO commit -q --allow-empty -m mine",
    "git -C REPO checkout -q --detach",
    "git -C REPO config core.editor false",
    "git push -q REPO HEAD:refs/heads/pushed",
    "git init -q REPO/nested",
    "cp /bin/false REPO/.git/hooks/pre-commit",
    "ln -s /bin/false REPO/.git/hooks/post-checkout",
    "echo '[core]' >>REPO/.git/config",
    "echo x >>REPO/.git/config.worktree",
    "echo x >>REPO/src/parse.rs",
    "rm -r REPO/src",
    "mv REPO/src REPO/elsewhere",
    "mv REPO/.git REPO/gone",
    "rm -rf REPO/.git/piton",
    "ln REPO/src/parse.rs linked && echo x >linked",
    "rm -rf .git && ln -s REPO/.git .git && git branch by-link",
    "truncate -s 0 REPO/README.md",
    "cat REPO/secret",
    "echo x >>$PWD.piton/config",
    "kill -0 $PPID",
];

#[test]
fn attacks_of_a_sealed_agent_have_no_effect_and_its_work_is_taken() {
    for attack in ATTACKS {
        let world = World::new();
        let Some(terms) = terms(&world) else { return };
        world.repo.write("secret", "s");
        let users = || {
            let repo = &world.repo;
            (
                repo.git(&["for-each-ref", "refs/heads", "refs/tags", "refs/stash"]),
                repo.git(&["symbolic-ref", "HEAD"]),
                repo.status(),
                repo.read(".git/config"),
                repo.read("src/parse.rs"),
                std::fs::read_dir(repo.path().join(".git/hooks"))
                    .map(Iterator::count)
                    .ok(),
                std::fs::read_dir(repo.path()).map(Iterator::count).ok(),
            )
        };
        let before = users();
        let line = attack.replace("REPO", &world.repo.path().display().to_string());
        let commands = format!(
            "{WRITES}; if (set -e; {line}) >/dev/null 2>&1; \
             then echo it worked >\"$PITON_WORKSPACE\"/approaches/worked.md; fi"
        );
        let (made, _) = call_shell(&world, &commands, Limits::default(), terms);
        let made = made.unwrap_or_else(|failed| panic!("{attack}: {}", failed.failure.story()));
        assert!(
            !made.candidate.dir.join("approaches/worked.md").exists(),
            "{attack}"
        );
        assert_eq!(users(), before, "{attack}");
        world.publish(&made.candidate);
        world.step(GOOD).unwrap();
    }
}
