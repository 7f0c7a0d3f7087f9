//! The user's hooks run what an agent wrote, and it has no effect.

use std::fs;

use piton_git::GitRead;
use piton_loop::work::Worked;
use piton_testkit::Replies;

use super::{Scene, refactor_that_writes, taken};

/// A refactor with one more file, which the user's pre-commit hook runs.
fn that_plants(style: &str) -> Replies {
    refactor_that_writes("better\n", "done").writes("style.sh", style)
}

const RUNS_STYLE: &str = "#!/bin/sh\nsh ./style.sh\n";

#[test]
fn what_an_agent_wrote_and_a_hook_runs_reaches_nothing_of_the_user_s() {
    for attack in [
        "git -C REPO branch sneaky",
        "git -C REPO update-ref -d refs/heads/main",
        "git -C REPO config core.editor false",
        "echo x >>REPO/src/other.rs",
        "echo x >REPO/new",
        "cp /bin/false REPO/.git/hooks/post-commit",
        "cat HOME/.ssh/id >>src/lib.rs && git add src/lib.rs && grep -q key src/lib.rs",
        "kill -0 PITON",
    ] {
        let Some(scene) = Scene::sealed() else { return };
        scene.scratch.hook("pre-commit", RUNS_STYLE);
        let repo = &scene.scratch;
        let users = || {
            (
                repo.git(&["for-each-ref", "refs/heads", "refs/tags", "refs/stash"]),
                repo.status(),
                repo.read(".git/config"),
                fs::read_dir(repo.path().join(".git/hooks"))
                    .unwrap()
                    .count(),
            )
        };
        let before = users();
        let home = scene.slots.path().join("home");
        let line = attack
            .replace("REPO", &repo.path().display().to_string())
            .replace("HOME", &home.display().to_string())
            .replace("PITON", &std::process::id().to_string());
        // A hook that could do it would say no.
        let work = scene.refactor(&that_plants(&format!("if {line}; then exit 1; fi\n")));
        assert!(matches!(work, Worked::Accepted(_)), "{attack}: {work:?}");
        assert_eq!(users(), before, "{attack}");
    }
}

#[test]
fn whatever_a_hook_makes_of_the_slot_s_git_is_not_followed() {
    for (attack, said) in [
        (
            "rm -rf .git && ln -s REPO/.git .git",
            "a hook replaced the file",
        ),
        (
            "rm -rf .git && echo gitdir: REPO/.git >.git",
            "a hook replaced the file",
        ),
        (
            "ln -sf HOME/.ssh/id .git/COMMIT_EDITMSG",
            "a hook replaced the file",
        ),
        ("rm .git/index && ln -s REPO/.git/index .git/index", ""),
        (
            "rm -rf .git/objects && ln -s REPO/.git/objects .git/objects",
            "",
        ),
        (
            "git config core.fsmonitor 'touch HOME/ran' && git config diff.external 'touch HOME/ran'",
            "",
        ),
    ] {
        let Some(scene) = Scene::sealed() else { return };
        scene.scratch.hook("pre-commit", RUNS_STYLE);
        let repo = &scene.scratch;
        let users = || {
            (
                repo.git(&["for-each-ref", "refs/heads", "refs/tags"]),
                repo.status(),
                fs::read(repo.path().join(".git/index")).unwrap(),
                repo.exists(".git/COMMIT_EDITMSG"),
            )
        };
        let before = users();
        let home = scene.slots.path().join("home");
        let line = attack
            .replace("REPO", &repo.path().display().to_string())
            .replace("HOME", &home.display().to_string());
        match scene.refactor(&that_plants(&line)) {
            Worked::Accepted(work) => {
                assert_eq!(said, "", "{attack}");
                let message = scene.repository().message(&work.commit).unwrap();
                assert!(!message.contains("a key"), "{attack}: {message}");
            }
            Worked::Failed { failure, .. } => {
                assert!(failure.story.contains(said), "{attack}: {failure}");
            }
            other => panic!("{attack}: {other:?}"),
        }
        assert_eq!(users(), before, "{attack}");
        assert!(!home.join("ran").exists(), "{attack}");
    }
}

#[test]
fn piton_s_settings_are_changed_neither_by_an_agent_nor_by_what_a_hook_runs() {
    let scene = Scene::new();
    for path in ["piton.toml", "Piton.TOML", ".piton/prompts/refactor.md"] {
        let script = refactor_that_writes("better\n", "done").writes(path, "seal = 'off'");
        let worked = scene.refactor(&script);
        let Worked::Failed { failure, .. } = worked else {
            panic!("{path}: {worked:?}")
        };
        assert!(failure.story.contains(path), "{failure}");
    }
    scene.scratch.hook("pre-commit", RUNS_STYLE);
    let style = "echo 'seal = \"off\"' >piton.toml; git add piton.toml\n";
    let worked = scene.refactor(&that_plants(style));
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}")
    };
    assert!(
        failure
            .story
            .contains("piton.toml, which only people change"),
        "{failure}"
    );
    assert_eq!(scene.unlanded(), []);
}

#[test]
fn what_a_hook_makes_of_the_work_is_validated_again() {
    let scene = Scene::new();
    let adds = |line: &str| format!("#!/bin/sh\necho {line} >>src/lib.rs\ngit add src/lib.rs\n");
    let script = refactor_that_writes("better\n", "done");
    scene.scratch.hook("pre-commit", &adds("BROKEN"));
    let worked = scene.refactor(&script);
    let Worked::Failed { failure, .. } = worked else {
        panic!("{worked:?}")
    };
    assert!(failure.story.contains("validation is red"), "{failure}");
    assert_eq!(scene.unlanded(), []);
    scene.scratch.hook("pre-commit", &adds("more"));
    let work = taken(scene.refactor(&script));
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\nmore\n");
}

#[test]
fn a_hook_that_mends_the_work_and_says_no_is_asked_once_more_and_no_other_is() {
    let scene = Scene::new();
    let script = refactor_that_writes("better\n", "done");
    let asked = scene.slots.path().join("asked");
    let hook = |rest: &str| format!("#!/bin/sh\necho x >>{}\n{rest}exit 1\n", asked.display());
    let times = || fs::read_to_string(&asked).unwrap().lines().count();
    scene.scratch.hook("pre-commit", &hook(""));
    let worked = scene.refactor(&script);
    assert!(matches!(worked, Worked::Failed { .. }), "{worked:?}");
    assert_eq!(times(), 1);
    let mends = "grep -q mended src/lib.rs && exit 0\necho mended >>src/lib.rs\n";
    scene.scratch.hook("pre-commit", &hook(mends));
    let work = taken(scene.refactor(&script));
    assert_eq!(times(), 3);
    scene.bring(&work);
    assert_eq!(scene.scratch.read("src/lib.rs"), "better\nmended\n");
}
