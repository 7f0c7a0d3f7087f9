use std::path::Path;

use piton_git::{Git, GitError, GitRead, Repository};
use piton_testkit::ScratchRepo;

fn commit(scratch: &ScratchRepo, paths: &[&str]) -> Result<Option<piton_git::CommitId>, GitError> {
    let paths: Vec<&Path> = paths.iter().map(Path::new).collect();
    Repository::find(scratch.path())
        .unwrap()
        .commit_paths(&paths, "subject\n\nWhy:\nbecause\n")
}

#[test]
fn a_commit_holds_exactly_the_intended_paths() {
    let scratch = ScratchRepo::new();
    scratch.write("in/old", "1");
    scratch.write("in/gone", "1");
    scratch.commit_all("more");
    scratch.write("in/old", "2");
    scratch.write("in/new", "1");
    std::fs::remove_file(scratch.path().join("in/gone")).unwrap();
    scratch.write("staged by the user", "1");
    scratch.git(&["add", "staged by the user"]);
    scratch.write("untracked", "1");

    let id = commit(&scratch, &["in"]).unwrap().unwrap();
    assert_eq!(scratch.git(&["rev-parse", "HEAD"]).trim(), id.as_str());
    assert_eq!(
        scratch.git(&[
            "show",
            "--format=%B",
            "--name-status",
            "--no-renames",
            "HEAD"
        ]),
        "subject\n\nWhy:\nbecause\n\n\nD\tin/gone\nA\tin/new\nM\tin/old\n"
    );
    assert_eq!(
        scratch.status(),
        "A  \"staged by the user\"\n?? untracked\n"
    );
}

#[test]
fn the_first_commit_of_a_repository_works_too() {
    let scratch = ScratchRepo::empty();
    scratch.write("in/a", "1");
    scratch.write("b", "1");
    assert!(commit(&scratch, &["in"]).unwrap().is_some());
    assert_eq!(scratch.status(), "?? b\n");
}

#[test]
fn nothing_to_commit_is_no_error_and_no_commit() {
    let scratch = ScratchRepo::new();
    assert_eq!(commit(&scratch, &["README.md", "not/there"]).unwrap(), None);
    assert_eq!(scratch.subjects(), ["start"]);
}

#[test]
fn a_hook_that_refuses_leaves_the_index_as_it_was() {
    let scratch = ScratchRepo::new();
    scratch.hook("pre-commit", "#!/bin/sh\necho no such luck >&2\nexit 1\n");
    scratch.write("in/new", "1");
    scratch.write("staged", "1");
    scratch.git(&["add", "staged"]);
    let before = scratch.status();
    let error = commit(&scratch, &["in"]).unwrap_err();
    assert!(
        matches!(&error, GitError::CommitRefused { output } if output.contains("no such luck")),
        "{error}"
    );
    assert_eq!(scratch.status(), before);
    assert_eq!(scratch.subjects(), ["start"]);
}

#[test]
fn a_lock_that_stays_is_named_with_the_way_out() {
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    scratch.write(".git/index.lock", "");
    let error = commit(&scratch, &["in"]).unwrap_err();
    assert!(
        matches!(&error, GitError::Locked { lock } if lock.ends_with(".git/index.lock")),
        "{error}"
    );
    assert!(error.hint().unwrap().contains("index.lock"));
}

#[test]
fn a_lock_from_before_the_machine_was_started_is_in_nobodys_way() {
    if !Path::new("/proc/stat").exists() {
        println!("skipped: this system does not tell when it was started");
        return;
    }
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    scratch.write(".git/index.lock", "");
    let lock = std::fs::File::options()
        .write(true)
        .open(scratch.path().join(".git/index.lock"))
        .unwrap();
    lock.set_modified(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    assert!(commit(&scratch, &["in"]).unwrap().is_some());
    assert!(!scratch.exists(".git/index.lock"));
}

#[test]
fn a_commit_syncs_what_it_writes() {
    // A hook sees the settings that the commit runs with.
    let scratch = ScratchRepo::new();
    scratch.write("in/new", "1");
    let trace = scratch.path().join(".git/trace");
    scratch.hook(
        "pre-commit",
        "#!/bin/sh\ngit config --show-scope core.fsync > .git/trace\n",
    );
    commit(&scratch, &["in"]).unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(trace).unwrap(), "command\tall\n");
}

#[test]
fn a_repository_without_an_author_says_how_to_name_one() {
    let scratch = ScratchRepo::new();
    scratch.git(&["config", "user.name", ""]);
    scratch.git(&["config", "user.email", ""]);
    scratch.git(&["config", "user.useConfigOnly", "true"]);
    scratch.write("in/new", "1");
    let error = commit(&scratch, &["in"]).unwrap_err();
    assert!(matches!(error, GitError::NoIdentity), "{error}");
    assert!(
        Repository::find(scratch.path())
            .unwrap()
            .head()
            .unwrap()
            .is_some()
    );
}
