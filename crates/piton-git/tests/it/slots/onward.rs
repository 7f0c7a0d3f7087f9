//! Slots that go from one commit to the next.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::PathBuf;

use piton_git::slot::Slot;
use piton_testkit::ScratchRepo;

use crate::slots::{Yard, agent, changed};

/// A repository whose next commit changes, makes and removes files.
fn project() -> Yard {
    let yard = Yard::over(ScratchRepo::empty());
    for name in ["same", "a", "deep/er/gone", "runs", "stops"] {
        yard.repo.write(name, name);
    }
    yard.repo.write(".gitignore", "*.log\nbuild\n");
    yard.repo.git(&["add", "--all"]);
    yard.repo.git(&["update-index", "--chmod=+x", "stops"]);
    yard.repo.git(&["commit", "--quiet", "-m", "one"]);
    yard.repo.git(&["reset", "--quiet", "--hard"]);
    yard
}

fn next(yard: &Yard) {
    yard.repo.write("a", "another a");
    yard.repo.write("new/one", "new");
    yard.repo.git(&["rm", "--quiet", "deep/er/gone"]);
    yard.repo.git(&["add", "--all"]);
    yard.repo.git(&["update-index", "--chmod=+x", "runs"]);
    yard.repo.git(&["update-index", "--chmod=-x", "stops"]);
    yard.repo.git(&["commit", "--quiet", "-m", "two"]);
    yard.repo.git(&["reset", "--quiet", "--hard"]);
}

/// What a `git reset` leaves in piton's own directory for a slot.
fn trace(slot: &Slot) -> PathBuf {
    slot.dir().with_extension("piton").join("ORIG_HEAD")
}

/// Lets an agent work in a slot and takes that at the next commit; tells whether
/// a git laid it out.
fn moved(yard: &Yard, work: &str) -> (Slot, bool) {
    let slot = yard.take();
    agent(&slot, work);
    let trace = trace(&slot);
    drop(slot);
    let _ = fs::remove_file(&trace);
    next(yard);
    let slot = yard.take();
    let by_git = trace.exists();
    (slot, by_git)
}

fn is_whole(yard: &Yard, slot: &Slot) {
    assert!(changed(slot).is_empty(), "{:?}", changed(slot));
    let read = |name: &str| fs::read_to_string(slot.dir().join(name)).unwrap();
    assert_eq!(
        (read("a"), read("new/one")),
        ("another a".into(), "new".into())
    );
    assert!(!slot.dir().join("deep").exists());
    let runs = |name: &str| {
        let mode = |top: &std::path::Path| fs::metadata(top.join(name)).unwrap().mode() & 0o777;
        assert_eq!(mode(slot.dir()), mode(yard.repo.path()), "{name}");
        mode(slot.dir()) & 0o100 != 0
    };
    assert!(runs("runs") && !runs("stops") && !runs("a") && !runs("new/one"));
    // The slot's own git and piton's see the same.
    assert_eq!(
        agent(slot, "git status --porcelain; git rev-parse HEAD").trim(),
        yard.head().as_str()
    );
    agent(slot, "git fsck --strict --no-dangling");
}

#[test]
fn a_slot_in_which_nothing_differs_goes_to_the_next_commit_without_a_git() {
    let yard = project();
    let (slot, by_git) = moved(&yard, "");
    assert!(!by_git);
    is_whole(&yard, &slot);
    agent(&slot, "printf 'a third a' > a; printf x > new/two");
    assert_eq!(changed(&slot), ["changed a", "made new/two"]);
}

#[test]
fn a_slot_in_which_something_differs_is_laid_out_by_git() {
    let yard = project();
    let (slot, by_git) = moved(&yard, "echo other > same");
    assert!(by_git);
    is_whole(&yard, &slot);
}

#[test]
fn where_the_user_has_attributes_git_lays_slots_out() {
    let yard = project();
    #[expect(clippy::disallowed_methods, reason = "a test plays the user")]
    fs::write(yard.attributes(), "").unwrap();
    let (slot, by_git) = moved(&yard, "");
    assert!(by_git);
    is_whole(&yard, &slot);
}

#[test]
fn where_the_repository_has_attributes_files_lie_as_git_would_have_them() {
    let yard = project();
    yard.repo.write(".gitattributes", "* text eol=crlf\n");
    yard.repo.commit_all("attributes");
    drop(yard.take());
    yard.repo.write("a", "1\n2\n");
    yard.repo.commit_all("lines");
    let slot = yard.take();
    assert_eq!(
        fs::read_to_string(slot.dir().join("a")).unwrap(),
        "1\r\n2\r\n"
    );
}

#[test]
fn where_the_user_replaced_an_object_a_slot_shows_the_real_one() {
    let yard = project();
    drop(yard.take());
    next(&yard);
    yard.repo.git(&["replace", "HEAD:a", "HEAD:same"]);
    let slot = yard.take();
    is_whole(&yard, &slot);
}

#[test]
fn a_link_that_an_agent_left_is_not_followed_to_a_new_file() {
    let yard = project();
    let outside = tempfile::tempdir().unwrap();
    let slot = yard.take();
    symlink(outside.path(), slot.dir().join("build")).unwrap();
    drop(slot);
    yard.repo.write("build/x", "x");
    yard.repo.git(&["add", "--force", "build/x"]);
    let (slot, by_git) = moved(&yard, "");
    assert!(by_git);
    is_whole(&yard, &slot);
    assert!(!outside.path().join("x").exists());
    let meta = fs::symlink_metadata(slot.dir().join("build")).unwrap();
    assert!(meta.is_dir());
}

#[test]
fn an_ignored_file_that_is_in_the_way_of_a_new_one_makes_way() {
    let yard = project();
    agent(&yard.take(), "echo old > build");
    yard.repo.write("build", "tracked");
    yard.repo.git(&["add", "--force", "build"]);
    let (slot, _) = moved(&yard, "");
    is_whole(&yard, &slot);
    assert_eq!(
        fs::read_to_string(slot.dir().join("build")).unwrap(),
        "tracked"
    );
}

#[test]
fn tracked_and_new_files_are_committed_alike() {
    let yard = project();
    for script in [
        "echo more >> a; rm deep/er/gone; chmod +x runs",
        "echo more >> a; rm deep/er/gone; chmod +x runs; echo n > '*'",
    ] {
        let slot = yard.take();
        agent(&slot, script);
        let disk = &piton_durable::RealDisk;
        let proposed = slot
            .commit(disk, &yard.git, &[], "work\n")
            .unwrap()
            .unwrap();
        let paths: Vec<_> = proposed
            .changes
            .iter()
            .map(|it| it.path.display().to_string())
            .collect();
        let mut expected = vec!["a", "deep/er/gone", "runs"];
        if script.contains('*') {
            expected.insert(0, "*");
        }
        assert_eq!(paths, expected);
        let message = yard
            .repo
            .git(&["log", "-1", "--format=%B", proposed.commit.as_str()]);
        assert_eq!(message.trim_end(), "work");
        slot.take_back(disk).unwrap();
    }
}
