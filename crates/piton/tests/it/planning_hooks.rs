//! The user's hooks around a commit of planning.

use crate::env::TestEnv;
use crate::stage::GOOD;

#[test]
fn a_hook_that_hears_of_a_planning_commit_can_change_nothing_any_more() {
    let env = TestEnv::planned(0);
    let heard = env.home.path().join("heard");
    env.repo.hook(
        "post-commit",
        &format!(
            "#!/bin/sh\necho more >>migrations/add-api/approaches/facade.md\ngit log -1 --format=%s >>{}\n",
            heard.display()
        ),
    );
    let unsealed = [
        env.script("good", GOOD),
        vec!["--seal".into(), "off".into()],
    ]
    .concat();
    let ran = env.step(&unsealed);
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let heard = std::fs::read_to_string(heard).unwrap_or_default();
    assert_eq!(heard, format!("{}\n", env.repo.subjects()[0]));
    env.assert_in_order();
}

#[test]
fn a_hook_that_refuses_a_planning_commit_comes_before_anything_is_published() {
    let env = TestEnv::planned(0);
    env.repo.hook(
        "pre-commit",
        "#!/bin/sh\necho 'no commits on Fridays' >&2\nexit 1\n",
    );
    let before = env.picture();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 1, "{}", ran.shown());
    assert!(env.picture() == before);
    assert!(
        ran.stdout.contains("no commits on Fridays"),
        "{}",
        ran.shown()
    );
    assert!(!ran.stdout.contains("\\u{a}"), "{}", ran.shown());
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    env.assert_in_order();
}

#[test]
fn hooks_see_a_planning_commit_sealed_and_what_they_make_of_it_is_committed() {
    if piton_seal::Support::observe(piton_seal::Network::On).landlock < piton_seal::Support::LEAST {
        return;
    }
    let env = TestEnv::planned(0);
    // As a hook does that runs what an agent may have written.
    env.repo.hook(
        "pre-commit",
        "#!/bin/sh\n\
         R=$(dirname \"$(dirname \"$(dirname \"$0\")\")\")\n\
         (echo x >>$R/README.md; git -C $R branch sneaky; echo x >$R/new) 2>/dev/null\n\
         test \"$PWD\" != $R || exit 1\n\
         git diff --cached --name-only | grep -q approaches/facade.md || exit 1\n\
         test \"$(git rev-parse HEAD)\" = \"$(git -C $R rev-parse HEAD)\" || exit 1\n\
         grep -q mended migrations/add-api/approaches/facade.md && exit 0\n\
         echo mended >>migrations/add-api/approaches/facade.md; exit 1\n",
    );
    env.repo.hook(
        "commit-msg",
        "#!/bin/sh\necho 'Signed-off-by: A Tester' >>\"$1\"\n",
    );
    let before = (env.repo.read("README.md"), env.repo.git(&["branch"]));
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(
        (env.repo.read("README.md"), env.repo.git(&["branch"])),
        before
    );
    assert!(!env.repo.exists("new"));
    let facade = env
        .repo
        .git(&["show", "HEAD:migrations/add-api/approaches/facade.md"]);
    assert!(facade.ends_with("mended\n"), "{facade}");
    let message = env.repo.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("Signed-off-by: A Tester"), "{message}");
    env.assert_in_order();
    std::fs::remove_file(env.path().join(".git/hooks/pre-commit")).unwrap();
    let ran = env.step(&env.script("good", GOOD));
    assert_eq!(ran.code, 0, "{}", ran.shown());
}
