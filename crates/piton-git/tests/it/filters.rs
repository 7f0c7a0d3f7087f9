//! Filters of the user's run on what agents wrote, and reach nothing else.
#![expect(clippy::print_stderr, reason = "a test says when it is skipped")]

use std::fs;
use std::path::Path;
use std::process::Command;

use piton_durable::RealDisk;
use piton_git::slot::{Filters, SlotError};
use piton_seal::{Network, Request, Support};
use piton_testkit::ScratchRepo;

use crate::slots::{Yard, agent, changed};

/// A yard whose slots seal filters; nothing where this kernel cannot.
fn sealed() -> Option<Yard> {
    if Support::observe(Network::On).landlock < Support::TRUNCATE {
        eprintln!("skipped: this kernel cannot seal (Linux 6.2 can)");
        return None;
    }
    let mut yard = Yard::over(ScratchRepo::new());
    let home = yard.dir.path().join("home");
    fs::create_dir_all(home.join(".ssh")).unwrap();
    fs::write(home.join(".ssh/id"), "a key").unwrap();
    let path = std::env::var_os("PATH").unwrap();
    yard.filters = Filters::Sealed {
        request: Request {
            home: Some(home),
            ..Request::default()
        },
        environment: [("PATH".into(), path)].into(),
    };
    Some(yard)
}

const UPPER: &str = "#!/bin/sh\ntr a-z A-Z\n";
const LOWER: &str = "#!/bin/sh\ntr A-Z a-z\n";

/// Has files that end in `.x` filtered by scripts of the repository.
fn filtered_by_itself(yard: &Yard) {
    yard.repo.write("tools/clean.sh", UPPER);
    yard.repo.write("tools/smudge.sh", LOWER);
    yard.repo.write(".gitattributes", "*.x filter=mine\n");
    let (clean, smudge) = ("sh tools/clean.sh", "sh tools/smudge.sh");
    yard.repo.git(&["config", "filter.mine.clean", clean]);
    yard.repo.git(&["config", "filter.mine.smudge", smudge]);
    yard.repo.write("a.x", "low\n");
    yard.repo.commit_all("filtered");
}

#[test]
fn a_sealed_filter_may_be_a_file_of_the_repository() {
    let Some(yard) = sealed() else { return };
    filtered_by_itself(&yard);
    let slot = yard.take();
    let read = |name: &str| fs::read_to_string(slot.dir().join(name)).unwrap();
    assert_eq!(read("a.x"), "low\n");
    assert!(changed(&slot).is_empty());
    agent(&slot, "echo other > a.x");
    let made = slot
        .commit(&RealDisk, &yard.git, &[], "x")
        .unwrap()
        .unwrap();
    let blob = format!("{}:a.x", made.commit);
    assert_eq!(yard.repo.git(&["cat-file", "blob", &blob]), "OTHER\n");
    let proof = yard.proof_at(&made.commit);
    let laid_out = fs::read_to_string(proof.dir().join("a.x")).unwrap();
    assert_eq!(laid_out, "other\n");
}

#[test]
fn a_filter_that_an_agent_edited_reaches_nothing_of_the_user_s() {
    for attack in [
        "env -u GIT_DIR -u GIT_WORK_TREE git -C REPO branch sneaky",
        "env -u GIT_DIR -u GIT_WORK_TREE git -C REPO update-ref -d refs/heads/main",
        "echo x >>REPO/README.md",
        "echo x >REPO/.git/hooks/post-commit",
        "cat HOME/.ssh/id",
        "kill -0 PITON",
    ] {
        let Some(yard) = sealed() else { return };
        filtered_by_itself(&yard);
        let repo = &yard.repo;
        let users = || {
            (
                repo.git(&["for-each-ref", "refs/heads", "refs/tags"]),
                repo.status(),
                repo.exists(".git/hooks/post-commit"),
            )
        };
        let before = users();
        let slot = yard.take();
        let trap = slot.dir().join("sprung");
        let line = attack
            .replace("REPO", &repo.path().display().to_string())
            .replace("HOME", &yard.dir.path().join("home").display().to_string())
            .replace("PITON", &std::process::id().to_string());
        fs::write(
            slot.dir().join("tools/clean.sh"),
            format!(
                "if ({line}) >/dev/null 2>&1; then echo x >{}; fi\ntr a-z A-Z\n",
                trap.display()
            ),
        )
        .unwrap();
        agent(&slot, "echo other > a.x");
        assert_eq!(changed(&slot), ["changed a.x", "changed tools/clean.sh"]);
        slot.commit(&RealDisk, &yard.git, &[], "x")
            .unwrap()
            .unwrap();
        assert!(!trap.exists(), "{attack}");
        assert_eq!(users(), before, "{attack}");
    }
}

#[test]
fn an_object_that_a_filter_puts_under_another_s_name_does_not_come_over() {
    let Some(yard) = sealed() else { return };
    filtered_by_itself(&yard);
    let repo = &yard.repo;
    let store = |name: &str| format!(".git/objects/{}/{}", &name[..2], &name[2..]);
    let forged = "1234567890123456789012345678901234567890";
    let slot = yard.take();
    // Beside its work it copies every object to the name of one to come.
    fs::write(
        slot.dir().join("tools/clean.sh"),
        format!(
            "tr a-z A-Z\nmkdir -p $GIT_DIR/objects/12\n\
             for o in $GIT_DIR/objects/??/*; do cp $o $GIT_DIR/objects/12/{}; done 2>/dev/null\n:\n",
            &forged[2..]
        ),
    )
    .unwrap();
    agent(
        &slot,
        "echo first > a.x; echo second > b.x; echo third > c.x",
    );
    let made = slot
        .commit(&RealDisk, &yard.git, &[], "x")
        .unwrap()
        .unwrap();
    assert!(!repo.exists(&store(forged)));
    let blob = format!("{}:b.x", made.commit);
    assert_eq!(repo.git(&["cat-file", "blob", &blob]), "SECOND\n");
    repo.git(&["update-ref", "refs/heads/made", made.commit.as_str()]);
    repo.git(&["fsck", "--strict"]);
}

#[test]
fn a_filter_that_forges_what_is_committed_has_the_work_refused() {
    let Some(yard) = sealed() else { return };
    filtered_by_itself(&yard);
    let repo = &yard.repo;
    // The names that the filtered contents are going to have.
    repo.write("wanted", "WANTED\n");
    let name = repo.git(&["hash-object", "wanted"]).trim().to_owned();
    fs::remove_file(repo.path().join("wanted")).unwrap();
    let slot = yard.take();
    fs::write(
        slot.dir().join("tools/clean.sh"),
        format!(
            "D=$GIT_DIR/objects; mkdir -p $D/{0}; E=$(echo evil | git hash-object -w --stdin)\n\
             cp $D/$(echo $E | cut -c1-2)/$(echo $E | cut -c3-) $D/{0}/{1}; tr a-z A-Z\n",
            &name[..2],
            &name[2..]
        ),
    )
    .unwrap();
    agent(&slot, "echo wanted > a.x");
    let handed = slot.commit(&RealDisk, &yard.git, &[], "x");
    assert!(
        matches!(handed, Err(SlotError::Forged { .. })),
        "{handed:?}"
    );
    let own = format!("{}.piton/HEAD", slot.dir().display());
    let made = fs::read_to_string(own).unwrap();
    let (shelf, rest) = made.trim_end().split_at(2);
    assert!(!repo.exists(&format!(".git/objects/{shelf}/{rest}")));
}

#[test]
fn a_filter_knows_no_more_of_the_environment_than_it_is_given() {
    let Some(yard) = sealed() else { return };
    filtered_by_itself(&yard);
    let slot = yard.take();
    let clean = slot.dir().join("tools/clean.sh");
    fs::write(&clean, "cat >/dev/null; env | grep -c '^CARGO' || :\n").unwrap();
    agent(&slot, "echo other > a.x");
    let made = slot
        .commit(&RealDisk, &yard.git, &[], "x")
        .unwrap()
        .unwrap();
    let blob = format!("{}:a.x", made.commit);
    assert!(std::env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with("CARGO")));
    assert_eq!(yard.repo.git(&["cat-file", "blob", &blob]), "0\n");
}

#[test]
fn a_filter_cannot_smuggle_a_file_into_the_commit() {
    let Some(yard) = sealed() else { return };
    filtered_by_itself(&yard);
    let slot = yard.take();
    let script = "blob=$(echo evil | git hash-object -w --stdin)\n\
        export GIT_INDEX_FILE=$GIT_DIR/piton-index\n\
        test -e $GIT_INDEX_FILE && git update-index --add --cacheinfo 100644,$blob,piton.toml\n\
        tr a-z A-Z\n";
    fs::write(slot.dir().join("tools/clean.sh"), script).unwrap();
    // Of the same length, so that looking runs the filter too.
    agent(&slot, "echo wol > a.x");
    match slot.commit(&RealDisk, &yard.git, &[], "x") {
        Ok(made) => {
            let made = made.unwrap();
            let all = yard
                .repo
                .git(&["ls-tree", "-r", "--name-only", made.commit.as_str()]);
            assert!(!all.contains("piton.toml"), "{all}");
        }
        Err(error) => assert!(
            matches!(&error, SlotError::Smuggled { path } if path.ends_with("piton.toml")),
            "{error}"
        ),
    }
    let came = Command::new("git")
        .args(["rev-parse", "--verify", "--quiet", EVIL])
        .current_dir(yard.repo.path())
        .output()
        .unwrap();
    assert!(!came.status.success(), "it came into the user's objects");
}

/// What git calls the text `evil`, and a way to ask whether it is there.
const EVIL: &str = "53c74cd6c8f3911ae716f60f9b79f575aab0e975^{blob}";

#[test]
fn what_was_staged_behind_piton_s_back_is_not_committed() {
    let yard = Yard::new();
    let slot = yard.take();
    agent(&slot, "echo new > made");
    let changes = slot.changes().unwrap();
    // As a filter does that goes on by itself.
    let own = format!("{}.piton", slot.dir().display());
    agent(
        &slot,
        &format!(
            "export GIT_DIR='{own}'; blob=$(git rev-parse HEAD:README.md); \
             git update-index --add --cacheinfo 100644,$blob,piton.toml"
        ),
    );
    let error = slot
        .commit_changes(&RealDisk, &yard.git, &changes, &[], "x")
        .unwrap_err();
    assert!(
        matches!(&error, SlotError::Smuggled { path } if path.ends_with("piton.toml")),
        "{error}"
    );
}

#[test]
fn files_in_git_lfs_are_laid_out_and_new_ones_come_over_with_the_commit() {
    in_git_lfs(None);
}

#[test]
fn files_in_git_lfs_may_be_kept_elsewhere() {
    let elsewhere = tempfile::tempdir().unwrap();
    in_git_lfs(Some(&elsewhere.path().join("store")));
    in_git_lfs(Some(Path::new("kept/beside")));
}

fn in_git_lfs(storage: Option<&Path>) {
    let Some(yard) = sealed() else { return };
    if !Command::new("git-lfs")
        .arg("version")
        .output()
        .is_ok_and(|ran| ran.status.success())
    {
        eprintln!("skipped: there is no git-lfs");
        return;
    }
    let repo = &yard.repo;
    for (key, value) in [
        ("clean", "git-lfs clean -- %f"),
        ("smudge", "git-lfs smudge -- %f"),
        ("process", "git-lfs filter-process"),
        ("required", "true"),
    ] {
        repo.git(&["config", &format!("filter.lfs.{key}"), value]);
    }
    let mut kept = repo.path().join(".git/lfs");
    if let Some(storage) = storage {
        repo.git(&["config", "lfs.storage", storage.to_str().unwrap()]);
        kept = repo.path().join(".git").join(storage);
    }
    repo.write(
        ".gitattributes",
        "*.bin filter=lfs diff=lfs merge=lfs -text\n",
    );
    repo.write("a.bin", "large\n");
    repo.commit_all("stored");
    assert!(repo.git(&["show", "HEAD:a.bin"]).contains("git-lfs"));
    let slot = yard.take();
    let read = |dir: &std::path::Path, name: &str| fs::read_to_string(dir.join(name)).unwrap();
    assert_eq!(read(slot.dir(), "a.bin"), "large\n");
    assert!(changed(&slot).is_empty());
    agent(&slot, "echo larger > a.bin; echo new > b.bin");
    let made = slot
        .commit(&RealDisk, &yard.git, &[], "x")
        .unwrap()
        .unwrap();
    drop(slot);
    let pointer = repo.git(&["show", &format!("{}:b.bin", made.commit)]);
    assert!(pointer.contains("git-lfs"), "{pointer}");
    let proof = yard.proof_at(&made.commit);
    assert_eq!(read(proof.dir(), "a.bin"), "larger\n");
    assert_eq!(read(proof.dir(), "b.bin"), "new\n");
    drop(proof);
    // The user's own git has them as well.
    repo.git(&["reset", "--hard", "--quiet", made.commit.as_str()]);
    assert_eq!(read(repo.path(), "b.bin"), "new\n");
    // What was refused leaves nothing in the user's storage.
    let stored = || {
        let list = Command::new("find").arg(kept.join("objects")).output();
        String::from_utf8(list.unwrap().stdout)
            .unwrap()
            .lines()
            .count()
    };
    let before = stored();
    assert!(before > 3, "{before}");
    let slot = yard.take();
    agent(&slot, "echo refused > c.bin");
    assert_eq!(changed(&slot), ["made c.bin"]);
    drop(slot);
    drop(yard.take());
    assert_eq!(stored(), before);
}
