//! Indexes that piton edits, beside those that git edits.

use std::fs::{self, File};
use std::path::PathBuf;

use piton_testkit::ScratchRepo;

use super::*;

#[expect(clippy::disallowed_methods, reason = "a test asks git itself")]
fn git(repo: &ScratchRepo, index: &Path, arguments: &[&str]) -> String {
    let output = std::process::Command::new("git")
        .args(arguments)
        .current_dir(repo.path())
        .env("GIT_INDEX_FILE", index)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn project() -> ScratchRepo {
    let repo = ScratchRepo::empty();
    for name in ["a", "b/c", "b/d", "b/deep/e", "b-", "f"] {
        repo.write(name, name);
    }
    repo.commit_all("start");
    // Git keeps its record of trees then.
    repo.git(&["read-tree", "HEAD"]);
    repo.git(&["update-index", "-q", "--refresh"]);
    repo
}

fn index(repo: &ScratchRepo) -> Vec<u8> {
    fs::read(repo.path().join(".git/index")).unwrap()
}

fn entry(repo: &ScratchRepo, mode: &str) -> TreeEntry {
    let object = repo.git(&["rev-parse", "HEAD:b/deep/e"]);
    TreeEntry {
        mode: mode.to_owned(),
        object: object.trim().to_owned(),
    }
}

fn long_ago() -> SystemTime {
    SystemTime::now() + std::time::Duration::from_secs(100)
}

fn put(repo: &ScratchRepo, bytes: &[u8]) -> PathBuf {
    let path = repo.path().join(".git/edited");
    #[expect(clippy::disallowed_methods, reason = "a test plays git")]
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn an_edited_index_is_the_one_that_git_would_have_written() {
    let repo = project();
    let (file, program) = (entry(&repo, "100644"), entry(&repo, "100755"));
    let wanted = |entry| Some(Wanted { entry, file: None });
    let edits = Edits::from([
        (&b"a"[..], wanted(&program)),
        (b"b/c", None),
        (b"b/deep/er/g", wanted(&file)),
        (b"0", wanted(&file)),
        (b"z", wanted(&file)),
    ]);
    let ours = edited(&index(&repo), long_ago(), &edits).unwrap();
    let ours = put(&repo, &ours);
    let theirs = repo.path().join(".git/theirs");
    #[expect(clippy::disallowed_methods, reason = "a test plays git")]
    fs::write(&theirs, index(&repo)).unwrap();
    for (path, entry) in [
        ("a", &program),
        ("b/deep/er/g", &file),
        ("0", &file),
        ("z", &file),
    ] {
        let info = format!("{},{},{path}", entry.mode, entry.object);
        git(
            &repo,
            &theirs,
            &["update-index", "--add", "--cacheinfo", &info],
        );
    }
    git(&repo, &theirs, &["update-index", "--force-remove", "b/c"]);
    let staged = |index: &Path| git(&repo, index, &["ls-files", "--stage", "--debug"]);
    assert_eq!(staged(&ours), staged(&theirs));
    let tree = |index: &Path| git(&repo, index, &["write-tree"]);
    assert_eq!(tree(&ours), tree(&theirs));
    git(&repo, &ours, &["fsck", "--strict"]);
}

#[test]
fn what_is_not_in_an_edited_directory_keeps_its_record_of_trees() {
    let repo = project();
    let file = entry(&repo, "100644");
    let edits = Edits::from([(
        &b"f"[..],
        Some(Wanted {
            entry: &file,
            file: None,
        }),
    )]);
    let before = index(&repo);
    let ours = edited(&before, long_ago(), &edits).unwrap();
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|it| it == what);
    assert!(has(&before, b"TREE") && has(&ours, b"TREE"));
    assert!(has(&ours, b"\0-1 1\nb\x003 1\n"));
}

#[test]
fn a_file_that_changed_in_the_moment_of_the_old_index_is_looked_at_again() {
    let repo = project();
    repo.git(&["config", "core.trustctime", "false"]);
    let path = repo.path().join("a");
    let was = fs::metadata(&path).unwrap().modified().unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test plays the user")]
    fs::write(&path, "x").unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(was)
        .unwrap();
    let file = entry(&repo, "100644");
    let edits = Edits::from([(
        &b"f"[..],
        Some(Wanted {
            entry: &file,
            file: None,
        }),
    )]);
    let ours = put(&repo, &edited(&index(&repo), was, &edits).unwrap());
    let later = was + std::time::Duration::from_secs(10);
    File::options()
        .write(true)
        .open(&ours)
        .unwrap()
        .set_modified(later)
        .unwrap();
    let differ = git(&repo, &ours, &["diff-files", "--name-only"]);
    assert!(differ.lines().any(|line| line == "a"), "{differ}");
}

#[test]
fn a_file_in_the_place_of_a_directory_and_the_other_way_round_is_left_to_git() {
    let repo = project();
    let file = entry(&repo, "100644");
    for path in ["b", "a/b", "b/deep", "b/deep/e/x"] {
        let wanted = Wanted {
            entry: &file,
            file: None,
        };
        let edits = Edits::from([(path.as_bytes(), Some(wanted))]);
        assert_eq!(edited(&index(&repo), long_ago(), &edits), None, "{path}");
    }
    let wanted = Wanted {
        entry: &file,
        file: None,
    };
    let edits = Edits::from([(&b"b."[..], Some(wanted))]);
    assert!(edited(&index(&repo), long_ago(), &edits).is_some());
    // What is not there cannot go.
    let edits = Edits::from([(&b"none"[..], None)]);
    assert_eq!(edited(&index(&repo), long_ago(), &edits), None);
}

#[test]
fn an_index_that_is_not_plain_is_left_to_git() {
    let edits = Edits::from([(&b"a"[..], None)]);
    for how in [
        &["update-index", "--index-version", "4"][..],
        &["update-index", "--untracked-cache"],
        &["update-index", "--assume-unchanged", "a"],
        &["update-index", "--skip-worktree", "a"],
        &["update-index", "--split-index"],
    ] {
        let repo = project();
        assert!(edited(&index(&repo), long_ago(), &edits).is_some());
        repo.git(how);
        assert_eq!(edited(&index(&repo), long_ago(), &edits), None, "{how:?}");
    }
    let repo = project();
    let mut torn = index(&repo);
    let middle = torn.len() / 2;
    torn[middle] ^= 1;
    assert_eq!(edited(&torn, long_ago(), &edits), None);
    assert_eq!(edited(&torn[..30], long_ago(), &edits), None);
}
