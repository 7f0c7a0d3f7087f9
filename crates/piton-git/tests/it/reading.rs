use std::path::Path;

use piton_git::{Change, GitError, GitRead, Repository};
use piton_testkit::ScratchRepo;

#[test]
fn a_repository_is_found_from_a_directory_below_its_top() {
    let scratch = ScratchRepo::new();
    scratch.write("src/deep/lib.rs", "");
    let found = Repository::find(&scratch.path().join("src/deep")).unwrap();
    assert_eq!(found.top(), scratch.path());
    assert_eq!(found.common_dir(), scratch.path().join(".git"));
}

#[test]
fn a_directory_outside_any_repository_is_an_error_with_a_hint() {
    let dir = tempfile::tempdir().unwrap();
    let error = Repository::find(dir.path()).unwrap_err();
    assert!(matches!(error, GitError::NotARepository { .. }), "{error}");
    assert!(error.hint().unwrap().contains("git init"));
}

#[test]
fn a_repository_without_a_commit_has_no_head() {
    let scratch = ScratchRepo::empty();
    let repo = Repository::find(scratch.path()).unwrap();
    assert_eq!(repo.head().unwrap(), None);
    assert_eq!(repo.branch().unwrap().as_deref(), Some("main"));
}

#[test]
fn status_is_limited_to_its_scope_and_tells_ignored_from_untracked() {
    let scratch = ScratchRepo::new();
    scratch.write(".gitignore", "*.log\n");
    scratch.write("in/tracked", "1");
    scratch.commit_all("more");
    scratch.write("in/tracked", "2");
    scratch.write("in/new file", "");
    scratch.write("in/x.log", "");
    scratch.write("out", "");
    let repo = Repository::find(scratch.path()).unwrap();
    let got: Vec<_> = repo
        .status(&[Path::new("in")], true)
        .unwrap()
        .into_iter()
        .map(|e| (e.path.display().to_string(), e.change))
        .collect();
    assert_eq!(
        got,
        [
            ("in/tracked".to_owned(), Change::Modified),
            ("in/new file".to_owned(), Change::Untracked),
            ("in/x.log".to_owned(), Change::Ignored),
        ]
    );
    assert!(repo.ignored_by(Path::new("in/y.log")).unwrap().is_some());
    assert_eq!(repo.ignored_by(Path::new("in/y")).unwrap(), None);
}

#[test]
fn a_path_with_pattern_characters_names_itself_only() {
    let scratch = ScratchRepo::new();
    scratch.write("a", "");
    scratch.write("*", "");
    let repo = Repository::find(scratch.path()).unwrap();
    let got = repo.status(&[Path::new("*")], false).unwrap();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].path, Path::new("*"));
}

/// Leaves an object where it is, and nobody can open it.
fn spoil(scratch: &ScratchRepo, name: &str) {
    let id = scratch.git(&["rev-parse", name]);
    let (first, rest) = id.trim().split_at(2);
    let file = scratch.path().join(".git/objects").join(first).join(rest);
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(rest, &file).unwrap();
}

#[test]
fn what_git_cannot_open_is_an_error_and_not_a_file_that_is_not_there() {
    let spoilt = ["HEAD:docs/kept.md", "HEAD:docs", "HEAD^{tree}", "HEAD"];
    for spoilt in spoilt {
        let scratch = ScratchRepo::new();
        scratch.write("docs/kept.md", "kept");
        scratch.commit_all("more");
        let repo = Repository::find(scratch.path()).unwrap();
        let commit = repo.head().unwrap().unwrap();
        let kept = Path::new("docs/kept.md");
        assert!(repo.file_at(&commit, kept).unwrap().is_some());
        spoil(&scratch, spoilt);
        let repo = Repository::find(scratch.path()).unwrap();
        let found = repo.file_at(&commit, kept);
        assert!(found.is_err(), "{spoilt}: {found:?}");
        let found = repo.file_at_head(kept);
        assert!(found.is_err(), "{spoilt}: {found:?}");
        let found = repo.is_at(&commit, kept);
        assert!(found.is_err(), "{spoilt}: {found:?}");
        let found = repo.files_at(&commit, Path::new("docs"));
        assert!(found.is_err(), "{spoilt}: {found:?}");
    }
}

#[test]
fn what_a_commit_surely_does_not_have_is_no_error() {
    let scratch = ScratchRepo::new();
    scratch.write("docs/kept.md", "kept");
    scratch.commit_all("more");
    let id = scratch.git(&["rev-parse", "HEAD"]);
    let linked = format!("160000,{},linked", id.trim());
    scratch.git(&["update-index", "--add", "--cacheinfo", &linked]);
    scratch.git(&["commit", "-q", "-m", "a link"]);
    let repo = Repository::find(scratch.path()).unwrap();
    let commit = repo.head().unwrap().unwrap();
    let absent = ["none", "docs/none", "docs/kept.md/none", "docs", "linked/x"];
    for absent in absent {
        let found = repo.file_at(&commit, Path::new(absent)).unwrap();
        assert_eq!(found, None, "{absent}");
    }
    assert!(!repo.is_at(&commit, Path::new("docs/none")).unwrap());
    assert!(repo.is_at(&commit, Path::new("docs")).unwrap());
}
