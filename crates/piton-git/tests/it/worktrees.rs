use std::path::Path;

use piton_git::{Git, GitError, GitRead, Repository};
use piton_testkit::ScratchRepo;

#[test]
fn a_worktree_shares_the_common_directory_and_goes_back_to_its_commit() {
    let scratch = ScratchRepo::new();
    scratch.write(".gitignore", "cache/\n");
    scratch.commit_all("ignore");
    let repo = Repository::find(scratch.path()).unwrap();
    let head = repo.head().unwrap().unwrap();
    let path = scratch.path().join(".git/piton/work/one");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    repo.add_worktree(&path, &head).unwrap();

    let linked = Repository::find(&path).unwrap();
    assert_eq!(linked.common_dir(), repo.common_dir());
    assert_eq!(linked.branch().unwrap(), None);

    std::fs::write(path.join("stray"), "x").unwrap();
    std::fs::write(path.join("README.md"), "changed").unwrap();
    std::fs::create_dir(path.join("cache")).unwrap();
    std::fs::write(path.join("cache/kept"), "x").unwrap();
    assert_eq!(linked.status(&[], false).unwrap().len(), 2);
    linked.reset_to(&head).unwrap();
    assert!(linked.status(&[], false).unwrap().is_empty());
    assert!(path.join("cache/kept").exists(), "build caches stay");

    assert_eq!(repo.worktrees().unwrap().len(), 2);
    repo.remove_worktree(&path).unwrap();
    assert_eq!(repo.worktrees().unwrap().len(), 1);
}

#[test]
fn a_worktree_whose_making_was_killed_is_made_anew() {
    let scratch = ScratchRepo::new();
    let repo = Repository::find(scratch.path()).unwrap();
    let head = repo.head().unwrap().unwrap();
    let path = scratch.path().join(".git/piton/work/one");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    repo.add_worktree(&path, &head).unwrap();
    // Git holds this lock while it makes one.
    std::fs::write(
        scratch.path().join(".git/worktrees/one/locked"),
        "initializing",
    )
    .unwrap();
    std::fs::remove_dir_all(&path).unwrap();
    repo.prune_worktrees().unwrap();
    repo.add_worktree(&path, &head).unwrap();
    assert_eq!(Repository::find(&path).unwrap().top(), path);
}

#[test]
fn the_users_own_tree_is_never_reset() {
    let scratch = ScratchRepo::new();
    scratch.write("precious", "x");
    let repo = Repository::find(scratch.path()).unwrap();
    let head = repo.head().unwrap().unwrap();
    let error = repo.reset_to(&head).unwrap_err();
    assert!(matches!(error, GitError::NotLinked { .. }), "{error}");
    assert!(scratch.exists("precious"));
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
