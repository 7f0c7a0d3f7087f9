//! What cannot be looked at is never taken for what is not there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use piton_base::Stop;
use piton_durable::RealDisk;
use piton_git::landing::{self, commit_tree, tree_of};
use piton_git::{Git, GitRead, Repository};
use piton_testkit::ScratchRepo;

#[test]
fn records_that_cannot_be_listed_are_not_taken_for_none() {
    let scratch = ScratchRepo::new();
    let repository = Repository::find(scratch.path()).unwrap();
    let notes = scratch.path().join("landings");
    let is_left = || landing::is_anything_left(&RealDisk, &repository, &notes);
    assert!(!is_left());
    // A link to itself: it is there, and nobody can open it.
    symlink("landings", &notes).unwrap();
    assert!(is_left());
    let landings = landing::recover(&RealDisk, &repository, &notes);
    assert!(landings.is_err(), "{landings:?}");
    assert!(!repository.is_anything_left());
    scratch.write(".git/piton/x", "");
    let records = scratch.path().join(".git/piton/git");
    symlink("git", &records).unwrap();
    assert!(repository.is_anything_left());
    assert!(repository.recover().is_err());
}

#[test]
fn what_the_user_has_begun_may_be_where_nobody_can_look() {
    for place in ["rebase-apply", "sequencer"] {
        let scratch = ScratchRepo::new();
        let repository = Repository::find(scratch.path()).unwrap();
        assert_eq!(repository.under_way().unwrap(), None);
        scratch.write("in/new", "1");
        // `applying` and `todo` lie behind a link to itself.
        symlink(place, scratch.path().join(".git").join(place)).unwrap();
        let found = repository.under_way();
        assert!(!matches!(found, Ok(None)), "{place}: {found:?}");
        let made = repository.commit_paths(&[Path::new("in")], "x");
        assert!(made.is_err(), "{place}: {made:?}");
        assert_eq!(scratch.subjects().len(), 1);
    }
}

#[test]
fn what_cannot_be_looked_at_is_not_committed_as_gone() {
    let scratch = ScratchRepo::new();
    scratch.write("plans/first/plan.md", "1");
    scratch.commit_all("a plan");
    fs::remove_dir_all(scratch.path().join("plans")).unwrap();
    symlink("plans", scratch.path().join("plans")).unwrap();
    let repository = Repository::find(scratch.path()).unwrap();
    let made = repository.commit_paths(&[Path::new("plans/first")], "x");
    assert!(made.is_err(), "{made:?}");
    let held = scratch.git(&["show", "HEAD:plans/first/plan.md"]);
    assert_eq!(held, "1");
    assert_eq!(scratch.subjects()[0], "a plan");
}

#[test]
fn nobody_commits_unsigned_for_a_setting_that_cannot_be_read() {
    let scratch = ScratchRepo::new();
    let repository = Repository::find(scratch.path()).unwrap();
    let head = repository.head().unwrap().unwrap();
    let tree = tree_of(&repository, &head).unwrap();
    let commit = || commit_tree(&repository, &tree, &head, "x", &Stop::default());
    assert!(commit().is_ok());
    scratch.git(&["config", "commit.gpgsign", "perhaps"]);
    let made = commit();
    assert!(made.is_err(), "{made:?}");
}
