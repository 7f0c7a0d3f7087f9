use std::path::Path;

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
