//! Repositories of every kind that git makes: what works in a slot, and what
//! is refused.

use std::fs;

use piton_git::Repository;
use piton_git::slot::SlotError;
use piton_testkit::ScratchRepo;

use crate::slots::{Yard, agent, changed};

/// Takes a slot, changes a file in it, commits, and takes the work over.
fn check_round_trip(yard: &Yard) {
    let slot = yard.take();
    assert!(changed(&slot).is_empty());
    agent(
        &slot,
        "git status --porcelain; git log -1 --format=%s; echo more >> README.md; echo 1 > new",
    );
    assert_eq!(changed(&slot), ["changed README.md", "made new"]);
    let proposed = slot
        .commit(&piton_durable::RealDisk, &yard.git, &[], "work")
        .unwrap()
        .unwrap();
    assert_eq!(
        yard.repo
            .git(&["show", &format!("{}:new", proposed.commit)]),
        "1\n"
    );
    drop(slot);
    assert!(changed(&yard.take()).is_empty());
}

#[test]
fn sha_256() {
    let repo = ScratchRepo::made_by(&["init", "-q", "--object-format=sha256", "-b", "main"]);
    repo.write("README.md", "x\n");
    repo.commit_all("start");
    check_round_trip(&Yard::over(repo));
}

#[test]
fn references_in_tables() {
    let repo = ScratchRepo::made_by(&["init", "-q", "--ref-format=reftable", "-b", "main"]);
    repo.write("README.md", "x\n");
    repo.commit_all("start");
    check_round_trip(&Yard::over(repo));
}

#[test]
fn a_shallow_clone() {
    let origin = ScratchRepo::new();
    origin.write("a", "1\n");
    origin.commit_all("second");
    let from = format!("file://{}", origin.path().display());
    let yard = Yard::over(ScratchRepo::made_by(&["clone", "-q", "--depth=1", &from]));
    assert_eq!(yard.repo.subjects(), ["second"]);
    assert_eq!(
        agent(&yard.take(), "git log --format=%s; git fsck --no-dangling"),
        "second\n"
    );
    check_round_trip(&yard);
}

#[test]
fn a_partial_clone_with_all_of_its_commit() {
    let origin = ScratchRepo::new();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", origin.path().display());
    check_round_trip(&Yard::over(ScratchRepo::made_by(&[
        "clone",
        "-q",
        "--filter=blob:none",
        &from,
    ])));
}

#[test]
fn a_partial_clone_that_lacks_files_is_refused() {
    let origin = ScratchRepo::new();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", origin.path().display());
    let yard = Yard::over(ScratchRepo::made_by(&[
        "clone",
        "-q",
        "-n",
        "--filter=blob:none",
        &from,
    ]));
    let error = yard.try_take().unwrap_err();
    assert!(matches!(error, SlotError::Incomplete { .. }), "{error}");
    assert!(error.hint().unwrap().contains("git backfill"), "{error}");
}

#[test]
fn a_linked_worktree_of_the_user_s() {
    let yard = Yard::new();
    let dir = tempfile::tempdir().unwrap();
    let linked = dir.path().join("linked");
    yard.repo.git(&[
        "worktree",
        "add",
        "-q",
        "-b",
        "other",
        linked.to_str().unwrap(),
    ]);
    let git = Repository::find(&linked).unwrap();
    // The same clone, so the same slots.
    let home = piton_git::slot::SlotHome::new(dir.path(), &git).unwrap();
    let of_main = piton_git::slot::SlotHome::new(dir.path(), &yard.git).unwrap();
    assert_eq!(home, of_main);
    check_round_trip(&Yard { git, ..yard });
}

#[test]
fn a_sparse_checkout_has_all_its_files_in_a_slot() {
    let yard = Yard::new();
    yard.repo.write("a/in", "1\n");
    yard.repo.write("b/out", "1\n");
    yard.repo.commit_all("two directories");
    yard.repo.git(&["sparse-checkout", "set", "a"]);
    assert!(!yard.repo.exists("b/out"));
    let slot = yard.take();
    assert!(slot.dir().join("b/out").exists());
    drop(slot);
    check_round_trip(&yard);
}

#[test]
fn a_submodule_is_an_empty_directory_and_is_not_judged() {
    let inner = ScratchRepo::new();
    let yard = Yard::new();
    let from = inner.path().to_str().unwrap();
    yard.repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        from,
        "sub",
    ]);
    yard.repo.commit_all("a submodule");
    let slot = yard.take();
    assert_eq!(fs::read_dir(slot.dir().join("sub")).unwrap().count(), 0);
    agent(
        &slot,
        "echo 1 > sub/x; git init -q sub; git -C sub config core.fsmonitor /bin/false",
    );
    assert!(changed(&slot).is_empty());
    agent(
        &slot,
        "git -C sub -c user.name=a -c user.email=b -c core.fsmonitor= commit -q --allow-empty -m x",
    );
    assert!(changed(&slot).is_empty());
    assert_eq!(
        slot.commit(&piton_durable::RealDisk, &yard.git, &[], "m")
            .unwrap(),
        None
    );
}

#[test]
fn line_endings_as_the_user_has_them() {
    let yard = Yard::new();
    yard.repo.git(&["config", "core.autocrlf", "true"]);
    yard.repo
        .write(".gitattributes", "*.unix eol=lf\n*.bin -text\n");
    yard.repo.write("a.txt", "one\r\ntwo\r\n");
    yard.repo.write("b.unix", "one\n");
    yard.repo.write("c.bin", "one\r\n");
    yard.repo.commit_all("lines");
    let slot = yard.take();
    let read = |name: &str| fs::read_to_string(slot.dir().join(name)).unwrap();
    assert_eq!(
        (read("a.txt"), read("b.unix"), read("c.bin")),
        ("one\r\ntwo\r\n".into(), "one\n".into(), "one\r\n".into())
    );
    agent(&slot, "printf 'new\\r\\n' > d.txt; touch a.txt");
    assert_eq!(changed(&slot), ["made d.txt"]);
    let proposed = slot
        .commit(&piton_durable::RealDisk, &yard.git, &[], "m")
        .unwrap()
        .unwrap();
    assert_eq!(
        yard.repo
            .git(&["show", &format!("{}:d.txt", proposed.commit)]),
        "new\n"
    );
}

#[test]
fn line_endings_that_were_never_put_in_order_are_nobodys_change() {
    let yard = Yard::new();
    yard.repo.write("a.txt", "one\r\n");
    yard.repo.write("b.txt", "one\r\n");
    yard.repo.commit_all("as they are");
    yard.repo.write(".gitattributes", "*.txt eol=crlf\n");
    yard.repo.git(&["add", ".gitattributes"]);
    yard.repo.git(&["commit", "-qm", "too late"]);
    let slot = yard.take();
    agent(
        &slot,
        "touch a.txt; printf 'two\\r\\n' > b.txt; chmod +x README.md",
    );
    assert_eq!(changed(&slot), ["changed README.md", "changed b.txt"]);
    let proposed = slot
        .commit(&piton_durable::RealDisk, &yard.git, &[], "m")
        .unwrap()
        .unwrap();
    assert_eq!(proposed.changes.len(), 2, "{proposed:?}");
}

#[test]
fn files_that_do_not_come_out_as_they_went_in_are_refused() {
    // As on a disk that takes `a` and `A` for the same name: laying out one
    // file changes another.
    let yard = Yard::new();
    yard.repo.write("z.x", "1\n");
    yard.repo.write(".gitattributes", "*.x filter=odd\n");
    yard.repo.commit_all("files");
    let odd = "sh -c 'cat; echo x >> $(echo READ)ME.md'";
    yard.repo.git(&["config", "filter.odd.smudge", odd]);
    let error = yard.try_take().unwrap_err();
    assert!(
        matches!(&error, SlotError::Unfaithful { path } if path.ends_with("README.md")),
        "{error}"
    );
}

#[test]
fn a_clone_that_borrows_its_own_objects() {
    let origin = ScratchRepo::new();
    let from = origin.path().to_str().unwrap().to_owned();
    check_round_trip(&Yard::over(ScratchRepo::made_by(&[
        "clone", "-q", "--shared", &from,
    ])));
}

#[test]
fn names_that_are_not_text() {
    use std::os::unix::ffi::OsStrExt;
    let yard = Yard::new();
    let slot = yard.take();
    let name = std::ffi::OsStr::from_bytes(b"odd-\xff");
    fs::write(slot.dir().join(name), "1").unwrap();
    let changes = slot.changes().unwrap();
    assert_eq!(changes.0[0].path.as_os_str(), name);
    drop(slot);
    assert!(changed(&yard.take()).is_empty());
}
