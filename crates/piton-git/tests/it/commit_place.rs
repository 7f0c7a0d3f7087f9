//! Where a commit goes: to the place that it was meant for, or nowhere.

use std::path::Path;
use std::process::{Command, Stdio};

use piton_git::{Git, GitError, GitRead, Repository, UnderWay};
use piton_testkit::ScratchRepo;

use crate::undertakings::repository;

/// Tries to commit `in` on what HEAD was before `change`.
fn committed_after(change: impl FnOnce(&ScratchRepo)) -> (ScratchRepo, Result<(), GitError>) {
    let scratch = ScratchRepo::new();
    let repository = repository(&scratch);
    let tip = repository.tip().unwrap();
    change(&scratch);
    scratch.write("in/new", "1");
    let made = repository.commit_on(&tip, &[Path::new("in")], "planned", &mut |_| Ok(()));
    (scratch, made.map(drop))
}

#[test]
fn a_commit_lands_on_the_branch_it_was_meant_for_and_on_no_other() {
    let (scratch, made) = committed_after(|scratch| {
        scratch.git(&["switch", "--quiet", "--create", "other"]);
    });
    assert!(matches!(made, Err(GitError::Elsewhere { .. })), "{made:?}");
    assert_eq!(scratch.subjects(), ["start"]);
    let (scratch, made) = committed_after(|scratch| {
        scratch.git(&["checkout", "--quiet", "--detach"]);
    });
    assert!(matches!(made, Err(GitError::Elsewhere { .. })), "{made:?}");
    assert_eq!(scratch.git(&["log", "--format=%s", "main"]), "start\n");
}

#[test]
fn a_branch_that_went_on_takes_the_commit_and_one_that_was_rewritten_does_not() {
    let (scratch, made) = committed_after(|scratch| {
        scratch.write("more", "1");
        scratch.commit_all("went on");
    });
    made.unwrap();
    assert_eq!(scratch.subjects(), ["planned", "went on", "start"]);
    let (scratch, made) = committed_after(|scratch| {
        scratch.git(&["commit", "--quiet", "--amend", "--message", "rewritten"]);
    });
    assert!(matches!(made, Err(GitError::Moved { .. })), "{made:?}");
    assert_eq!(scratch.subjects(), ["rewritten"]);
}

#[test]
fn nothing_is_committed_in_the_middle_of_what_the_user_has_begun() {
    type Begin = fn(&ScratchRepo);
    let begin: [(UnderWay, Begin); 5] = [
        (UnderWay::Merge, |scratch| {
            fails(scratch, &["merge", "--no-edit", "side"]);
        }),
        (UnderWay::Rebase, |scratch| {
            fails(scratch, &["rebase", "side"]);
        }),
        (UnderWay::CherryPick, |scratch| {
            fails(scratch, &["cherry-pick", "side"]);
        }),
        (UnderWay::Revert, |scratch| {
            fails(scratch, &["revert", "--no-edit", "HEAD~1"]);
        }),
        (UnderWay::Bisect, |scratch| {
            scratch.git(&["bisect", "start", "HEAD", "HEAD~2"]);
        }),
    ];
    for (expected, begin) in begin {
        let scratch = ScratchRepo::new();
        scratch.git(&["switch", "--quiet", "--create", "side"]);
        scratch.write("README.md", "theirs");
        scratch.commit_all("side");
        scratch.git(&["switch", "--quiet", "main"]);
        scratch.write("README.md", "ours");
        scratch.commit_all("one");
        scratch.write("README.md", "ours, longer");
        scratch.commit_all("two");
        begin(&scratch);
        let repository = repository(&scratch);
        assert_eq!(repository.under_way().unwrap(), Some(expected));
        scratch.write("in/new", "1");
        let made = repository.commit_paths(&[Path::new("in")], "x");
        assert!(
            matches!(made, Err(GitError::UnderWay(found)) if found == expected),
            "{made:?}"
        );
    }
}

fn fails(scratch: &ScratchRepo, args: &[&str]) {
    let status = Command::new("git")
        .args(args)
        .current_dir(scratch.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(!status.success(), "{args:?} meets a conflict");
}

#[test]
fn a_file_that_a_rule_ignores_is_committed_at_its_path_all_the_same() {
    let scratch = ScratchRepo::new();
    scratch.write(".gitignore", "*.log\nstages/\n");
    scratch.commit_all("rules");
    scratch.write("in/a.log", "1");
    scratch.write("in/stages/one.md", "1");
    scratch.write("beside.log", "1");
    repository(&scratch)
        .commit_paths(&[Path::new("in")], "x")
        .unwrap()
        .unwrap();
    let held = scratch.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(held, "in/a.log\nin/stages/one.md\n");
}

#[test]
fn a_linked_worktree_and_a_detached_head_take_commits_too() {
    let scratch = ScratchRepo::new();
    let linked = tempfile::tempdir().unwrap();
    let path = linked.path().join("tree");
    scratch.git(&[
        "worktree",
        "add",
        "--quiet",
        "--detach",
        path.to_str().unwrap(),
    ]);
    std::fs::create_dir(path.join("in")).unwrap();
    std::fs::write(path.join("in/new"), "1").unwrap();
    let repository = Repository::find(&path).unwrap();
    assert_eq!(repository.tip().unwrap().branch(), None);
    let id = repository
        .commit_paths(&[Path::new("in")], "x")
        .unwrap()
        .unwrap();
    assert_eq!(repository.head().unwrap(), Some(id));
    assert_eq!(repository.status(&[], false).unwrap(), []);
    assert_eq!(scratch.subjects(), ["start"]);
    assert_eq!(scratch.status(), "");
}
