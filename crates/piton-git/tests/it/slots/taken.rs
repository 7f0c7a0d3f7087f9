//! Work that is found in a slot and taken over from it.

use std::path::Path;

use piton_durable::RealDisk;
use piton_git::landing::release;
use piton_git::slot::{SlotError, held};

use crate::slots::{Yard, agent, changed};

#[test]
fn every_kind_of_change_is_found_modes_included() {
    let yard = Yard::new();
    for name in [
        "content",
        "mode",
        "gone",
        "becomes-link",
        "becomes-dir",
        "same",
    ] {
        yard.repo.write(name, "x\n");
    }
    yard.repo.write(".gitignore", "*.log\n");
    yard.repo.commit_all("files");
    let slot = yard.take();
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let does = format!(
        "echo y > content; chmod +x mode; rm gone; rm becomes-link; ln -s {} becomes-link; \
         rm becomes-dir; mkdir becomes-dir; echo 1 > becomes-dir/in; echo x > same; \
         git init -q inner; git -C inner -c user.name=a -c user.email=b commit -q --allow-empty -m x; \
         git init -q empty; mkdir -p new/deep; echo 1 > 'new/deep/a b'; echo 1 > x.log; \
         git update-index --assume-unchanged content",
        elsewhere.path().display()
    );
    agent(&slot, &does);
    assert_eq!(
        changed(&slot),
        [
            "deleted becomes-dir",
            "made becomes-dir/in",
            "changed becomes-link",
            "changed content",
            "repository empty",
            "deleted gone",
            "repository inner",
            "changed mode",
            "made new/deep/a b",
        ]
    );
    drop(slot);
    let slot = yard.take();
    assert!(changed(&slot).is_empty());
    assert!(slot.dir().join("x.log").exists(), "ignored files stay");
    assert!(!slot.dir().join("new").exists());
    assert!(!slot.dir().join("inner").exists());
}

#[test]
fn the_lock_of_a_git_that_was_killed_while_it_held_a_commit_is_in_nobodys_way() {
    let yard = Yard::new();
    drop(yard.take());
    let held = yard
        .repo
        .git(&["for-each-ref", "--format=%(refname)", "refs/piton/base"]);
    yard.repo.write(&format!(".git/{}.lock", held.trim()), "");
    yard.repo.write("README.md", "moved on\n");
    yard.repo.commit_all("more");
    drop(yard.take());
    let at = yard.repo.git(&["rev-parse", held.trim()]);
    assert_eq!(at.trim(), yard.head().as_str());
}

#[test]
fn work_is_taken_over_when_it_is_accepted_and_held_until_it_lands() {
    let yard = Yard::new();
    yard.repo.write(".gitignore", "target/\n");
    yard.repo.commit_all("ignore");
    let slot = yard.take();
    agent(
        &slot,
        "mkdir -p src target; echo new > src/a; echo x > target/o; git rm -q README.md",
    );
    let refs = || yard.repo.git(&["for-each-ref"]);
    let before = refs();
    let proposed = slot
        .commit(&RealDisk, &yard.git, &[], "the work\n")
        .unwrap()
        .unwrap();
    assert_eq!(refs(), before, "nothing names it yet");
    let paths: Vec<_> = proposed
        .changes
        .iter()
        .map(|c| c.path.display().to_string())
        .collect();
    assert_eq!(paths, ["README.md", "src/a"]);
    let name = held::HeldRef::unlanded("add-api").unwrap();
    held::hold(&yard.git, &name, &proposed.commit).unwrap();
    drop(slot);
    yard.repo.git(&["gc", "-q", "--prune=now"]);
    assert_eq!(
        yard.repo.git(&[
            "show",
            "--format=%s by %an",
            "--name-status",
            proposed.commit.as_str()
        ]),
        "the work by A Tester\n\nD\tREADME.md\nA\tsrc/a\n"
    );
    yard.repo.git(&["fsck", "--strict", "--no-dangling"]);
    assert_eq!(
        held::unlanded(&yard.git).unwrap(),
        [(name.clone(), proposed.commit.clone())]
    );
    // A slot of the work itself, to prove it in.
    let proof = yard.proof_at(&proposed.commit);
    assert!(proof.dir().join("src/a").exists());
    let ignored = proof.dir().join("target/o");
    assert!(
        !ignored.exists(),
        "what an agent made and git ignores proves nothing"
    );
    release(&yard.git, &name, &proposed.commit).unwrap();
    assert!(held::unlanded(&yard.git).unwrap().is_empty());
    assert_eq!(yard.repo.status(), "");
}

#[test]
fn a_commit_holds_the_paths_that_were_asked_for_and_no_repository() {
    let yard = Yard::new();
    let slot = yard.take();
    assert_eq!(
        slot.commit(&RealDisk, &yard.git, &[], "nothing").unwrap(),
        None
    );
    agent(
        &slot,
        "echo 1 > in; echo 1 > out; git init -q r; git -C r -c user.name=a -c user.email=b commit -q --allow-empty -m x",
    );
    let proposed = slot
        .commit(&RealDisk, &yard.git, &[Path::new("in")], "m")
        .unwrap()
        .unwrap();
    assert_eq!(proposed.changes.len(), 1);
    let error = slot.commit(&RealDisk, &yard.git, &[], "m").unwrap_err();
    assert!(
        matches!(&error, SlotError::Repository { path } if path == Path::new("r")),
        "{error}"
    );
}

#[test]
fn too_much_new_content_is_refused_with_the_largest_file() {
    let yard = Yard::new();
    let slot = yard.take();
    agent(
        &slot,
        "head -c 3000 /dev/zero > big; head -c 10 /dev/zero > small",
    );
    let changes = slot.changes().unwrap();
    changes.refuse_unfit(&RealDisk, slot.dir(), 3010).unwrap();
    let error = changes
        .refuse_unfit(&RealDisk, slot.dir(), 3009)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the changes hold 3.0 kB of new content, more than 3.0 kB; the largest is big (3.0 kB)"
    );
    assert!(error.hint().unwrap().contains("slot.max-new"));
}
