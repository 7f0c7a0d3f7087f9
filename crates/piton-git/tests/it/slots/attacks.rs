//! What an agent does to git in its slot.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use piton_durable::RealDisk;
use piton_git::slot::SlotError;

use crate::slots::{Yard, agent, changed};

#[test]
fn what_an_agent_does_to_git_stays_in_its_slot() {
    let yard = Yard::new().ignoring();
    let before = || {
        let config = yard.repo.read(".git/config");
        (yard.repo.git(&["for-each-ref"]), yard.repo.status(), config)
    };
    let slot = yard.take();
    let then = before();
    agent(
        &slot,
        "echo x > kept.log; echo x > new; git add -A; git commit -qm mine; git branch -f main; git stash list; \
         git update-ref -d refs/heads/main; git tag t; git config core.hooksPath /evil; \
         git config alias.x '!evil'; mkdir -p .git/hooks; echo evil > .git/hooks/post-checkout; \
         ! git push origin main 2>/dev/null; git gc -q; echo y >> README.md; git stash -q",
    );
    assert_eq!(before(), then);
    assert_eq!(changed(&slot), ["made new"], "judged by what stands there");
    assert_eq!(
        slot.git_was_changed(&RealDisk),
        ["HEAD", "references", "config", "hooks"]
    );
    drop(slot);
    let slot = yard.take();
    assert!(slot.dir().join("kept.log").exists(), "it is the same slot");
    assert!(slot.git_was_changed(&RealDisk).is_empty());
    assert_eq!(agent(&slot, "git log --format=%s"), "start\n");
    assert_eq!(
        agent(&slot, "git config --get core.hooksPath"),
        "/dev/null\n"
    );
    assert!(!slot.dir().join("new").exists());
}

#[test]
fn a_git_file_that_points_elsewhere_leads_nobody_there() {
    let yard = Yard::new();
    yard.repo.write("staged", "x");
    yard.repo.git(&["add", "staged"]);
    let status = yard.repo.status();
    let slot = yard.take();
    agent(
        &slot,
        &format!(
            "rm -rf .git; echo 'gitdir: {}/.git' > .git; echo x > made",
            yard.repo.path().display()
        ),
    );
    assert_eq!(slot.git_was_changed(&RealDisk), [".git itself"]);
    assert_eq!(changed(&slot), ["made made"]);
    drop(slot);
    let slot = yard.take();
    assert!(slot.dir().join(".git").is_dir());
    assert!(changed(&slot).is_empty());
    assert_eq!(yard.repo.status(), status);
    assert_eq!(
        yard.repo.git(&["symbolic-ref", "HEAD"]),
        "refs/heads/main\n"
    );
}

#[test]
fn nothing_that_an_agent_plants_is_run() {
    let yard = Yard::new();
    yard.repo.write(".gitignore", ".husky/_/\n");
    yard.repo.commit_all("ignore");
    yard.repo.git(&["config", "core.hooksPath", ".husky/_"]);
    let trap = yard.dir.path().join("sprung");
    let spring = format!("#!/bin/sh\necho \"$0\" >> '{}'\n", trap.display());
    let slot = yard.take();
    for hook in [
        "post-checkout",
        "post-index-change",
        "reference-transaction",
        "pre-commit",
    ] {
        for dir in [".husky/_", ".git/hooks"] {
            let path = slot.dir().join(dir).join(hook);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &spring).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    let monitor = slot.dir().join("monitor");
    fs::write(&monitor, &spring).unwrap();
    fs::set_permissions(&monitor, fs::Permissions::from_mode(0o755)).unwrap();
    agent(
        &slot,
        "git config core.fsmonitor ./monitor; echo '* filter=evil' > .gitattributes; \
                  git config filter.evil.clean ./monitor",
    );
    assert_eq!(changed(&slot), ["made .gitattributes", "made monitor"]);
    slot.commit(&RealDisk, &yard.git, &[], "all")
        .unwrap()
        .unwrap();
    drop(slot);
    drop(yard.take());
    assert!(!trap.exists(), "{}", fs::read_to_string(&trap).unwrap());
}

#[test]
fn a_filter_that_runs_a_file_of_the_repository_is_refused_before_anything() {
    let yard = Yard::new();
    yard.repo.write("tools/clean.sh", "#!/bin/sh\ncat\n");
    yard.repo.write(".gitattributes", "*.x filter=mine\n");
    yard.repo.commit_all("a filter");
    yard.repo
        .git(&["config", "filter.mine.clean", "sh tools/clean.sh"]);
    let error = yard.try_take().unwrap_err();
    assert!(
        matches!(&error, SlotError::FilterInside { name, .. } if name == "mine"),
        "{error}"
    );
    yard.repo
        .git(&["config", "filter.mine.clean", "tr a-z A-Z"]);
    yard.repo
        .git(&["config", "filter.mine.smudge", "tr A-Z a-z"]);
    yard.repo.write("a.x", "low\n");
    yard.repo.commit_all("filtered");
    let slot = yard.take();
    assert_eq!(fs::read_to_string(slot.dir().join("a.x")).unwrap(), "low\n");
    assert_eq!(
        agent(&slot, "git show HEAD:a.x; git status --porcelain"),
        "LOW\n"
    );
    assert!(changed(&slot).is_empty());
}
