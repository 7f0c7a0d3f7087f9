//! Work that is held until it has landed, and let go of.

use std::fs;
use std::path::PathBuf;

use piton_git::landing::{hold, release};
use piton_git::slot::held::{self, HeldRef};
use piton_git::{CommitId, GitError, GitRead, Repository};
use piton_testkit::ScratchRepo;

fn place() -> (ScratchRepo, Repository, HeldRef, CommitId) {
    let repo = ScratchRepo::new();
    let git = Repository::find(repo.path()).unwrap();
    let commit = git.head().unwrap().unwrap();
    let name = HeldRef::unlanded("work").unwrap();
    (repo, git, name, commit)
}

/// Returns the locks that stand anywhere in the repository's own directory.
fn locks(repo: &ScratchRepo) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![repo.path().join(".git")];
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|end| end == "lock") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn work_that_git_packed_is_let_go_of_all_the_same() {
    let (repo, git, name, commit) = place();
    hold(&git, &name, &commit).unwrap();
    repo.git(&["pack-refs", "--all", "--prune"]);
    assert_eq!(held::unlanded(&git).unwrap().len(), 1);
    release(&git, &name, &commit).unwrap();
    assert!(held::unlanded(&git).unwrap().is_empty());
    assert!(!repo.git(&["for-each-ref"]).contains("unlanded"));
    assert_eq!(locks(&repo), [""; 0].map(PathBuf::from));
    // What is gone is let go of.
    release(&git, &name, &commit).unwrap();
}

#[test]
fn what_names_something_else_by_now_is_not_let_go_of() {
    let (repo, git, name, commit) = place();
    hold(&git, &name, &commit).unwrap();
    repo.write("more", "x");
    repo.commit_all("more");
    let newer = git.head().unwrap().unwrap();
    hold(&git, &name, &newer).unwrap();
    let error = release(&git, &name, &commit).unwrap_err();
    assert!(matches!(error, GitError::Moved { .. }), "{error}");
    assert_eq!(held::unlanded(&git).unwrap(), [(name, newer)]);
}

#[test]
fn while_a_git_packs_references_nothing_is_said_to_be_let_go_of() {
    let (repo, git, name, commit) = place();
    hold(&git, &name, &commit).unwrap();
    let lock = repo.path().join(".git/packed-refs.lock");
    fs::write(&lock, "").unwrap();
    let error = release(&git, &name, &commit).unwrap_err();
    assert!(
        matches!(&error, GitError::Locked { lock: named } if *named == lock),
        "{error}"
    );
    // That git read the reference before, and packs it now.
    let line = format!("{commit} {}\n", name.as_str());
    fs::write(&lock, format!("# pack-refs with: sorted \n{line}")).unwrap();
    fs::rename(&lock, repo.path().join(".git/packed-refs")).unwrap();
    release(&git, &name, &commit).unwrap();
    assert!(held::unlanded(&git).unwrap().is_empty());
}
