use std::path::Path;
use std::process::Command;

use piton_git::{GitRead, Repository};
use piton_testkit::ScratchRepo;

#[test]
fn linked_worktrees_are_listed_with_what_they_show() {
    let scratch = ScratchRepo::new();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().canonicalize().unwrap().join("one");
    scratch.git(&["worktree", "add", "-q", "--detach", path.to_str().unwrap()]);
    let repo = Repository::find(scratch.path()).unwrap();
    let worktrees = repo.worktrees().unwrap();
    assert_eq!(worktrees.len(), 2);
    assert_eq!(worktrees[1].path, path);
    assert_eq!(worktrees[1].head, repo.head().unwrap());
    let linked = Repository::find(&path).unwrap();
    assert_eq!(linked.common_dir(), repo.common_dir());
    assert_eq!(linked.branch().unwrap(), None);
}

#[test]
fn references_are_listed_with_what_they_point_at() {
    let scratch = ScratchRepo::new();
    scratch.git(&["branch", "other"]);
    let repo = Repository::find(scratch.path()).unwrap();
    let head = repo.head().unwrap().unwrap();
    assert_eq!(
        repo.refs().unwrap(),
        [
            ("refs/heads/main".to_owned(), head.clone()),
            ("refs/heads/other".to_owned(), head.clone())
        ]
    );
    assert_eq!(repo.message(&head).unwrap().trim(), "start");
    assert_eq!(repo.tracked_files().unwrap(), [Path::new("README.md")]);
    assert_eq!(repo.remote_url("origin").unwrap(), None);
}

#[test]
fn references_that_are_read_from_files_are_those_that_git_lists() {
    let scratch = ScratchRepo::new();
    let listed = |top: &Path, context: &str| {
        let told = Command::new("git")
            .args(["for-each-ref", "--format=%(objectname) %(refname)"])
            .current_dir(top)
            .output()
            .unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let refs = Repository::find(top).unwrap().refs().unwrap();
        let ours: Vec<String> = (refs.iter())
            .map(|(name, id)| format!("{id} {name}"))
            .collect();
        assert_eq!(ours, told.lines().collect::<Vec<_>>(), "{context}");
        assert!(!ours.is_empty(), "{context}");
    };
    listed(scratch.path(), "one branch");
    scratch.git(&["branch", "a/b"]);
    scratch.git(&["tag", "-a", "-m", "x", "v1"]);
    scratch.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    scratch.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
    ]);
    scratch.git(&["symbolic-ref", "refs/heads/nowhere", "refs/heads/missing"]);
    listed(scratch.path(), "loose");
    scratch.git(&["pack-refs", "--all"]);
    scratch.git(&["commit", "-q", "--allow-empty", "-m", "on"]);
    scratch.write(".git/refs/heads/main.lock", "");
    scratch.write(".git/refs/heads/.DS_Store", "x");
    listed(scratch.path(), "packed, with newer ones beside");
    let linked = scratch.path().join("linked");
    scratch.git(&["worktree", "add", "-q", "--detach", "linked"]);
    scratch.git(&["update-ref", "refs/worktree/mine", "HEAD"]);
    scratch.git(&["-C", "linked", "update-ref", "refs/worktree/other", "HEAD"]);
    listed(scratch.path(), "beside a linked worktree");
    listed(&linked, "in a linked worktree");
    scratch.write(".git/refs/heads/torn", "0123");
    let refs = Repository::find(scratch.path()).unwrap().refs();
    assert!(refs.is_ok_and(|refs| refs.len() > 3), "git is asked");
}
