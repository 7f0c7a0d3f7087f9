mod attacks;
mod onward;
mod taken;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use piton_durable::{Holder, RealDisk};
use piton_git::slot::{Filters, Setup, Slot, SlotChangeKind, SlotError, SlotHome, SlotUse, Slots};
use piton_git::{CommitId, GitRead, Repository, View};
use piton_testkit::ScratchRepo;

/// A repository with slots outside of it.
pub(crate) struct Yard {
    pub(crate) repo: ScratchRepo,
    pub(crate) git: Repository,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) filters: Filters,
}

impl Yard {
    pub(crate) fn new() -> Self {
        Self::over(ScratchRepo::new())
    }

    pub(crate) fn over(repo: ScratchRepo) -> Self {
        let git = Repository::find(repo.path()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        Self {
            repo,
            git,
            dir,
            filters: Filters::default(),
        }
    }

    /// Has the first commit ignore `*.log`: what is so named stays in a slot
    /// from one use to the next, and goes with the slot where one is made anew.
    pub(crate) fn ignoring(self) -> Self {
        self.repo.write(".gitignore", "*.log\n");
        self.repo.git(&["add", ".gitignore"]);
        self.repo
            .git(&["commit", "--quiet", "--amend", "--no-edit"]);
        self
    }

    pub(crate) fn home(&self) -> SlotHome {
        let home = SlotHome::new(self.dir.path(), &self.git).unwrap();
        home.with_filters(self.filters.clone())
            .with_attributes(vec![self.attributes()])
    }

    /// Where the user's own attributes would be.
    pub(crate) fn attributes(&self) -> PathBuf {
        self.dir.path().join("attributes")
    }

    pub(crate) fn head(&self) -> CommitId {
        self.git.head().unwrap().unwrap()
    }

    pub(crate) fn try_take(&self) -> Result<Slot, SlotError> {
        self.take_at(&self.head())
    }

    pub(crate) fn take(&self) -> Slot {
        self.try_take().unwrap()
    }

    fn take_at(&self, commit: &CommitId) -> Result<Slot, SlotError> {
        let home = self.home();
        let view = View::read(&self.git)?;
        Slots::new(&RealDisk, &self.git, &home).take(commit, SlotUse::Work, &view, &holder())
    }

    pub(crate) fn proof_at(&self, commit: &CommitId) -> Slot {
        let (home, view) = (self.home(), View::read(&self.git).unwrap());
        let slots = Slots::new(&RealDisk, &self.git, &home);
        slots
            .take(commit, SlotUse::Proof, &view, &holder())
            .unwrap()
    }
}

fn holder() -> Holder {
    Holder {
        pid: std::process::id(),
        host: "here".into(),
        since: jiff::Timestamp::UNIX_EPOCH,
        what: "a test".into(),
    }
}

/// Runs a shell in a slot, as an agent would.
pub(crate) fn agent(slot: &Slot, script: &str) -> String {
    let output = Command::new("sh")
        .args(["-ec", script])
        .current_dir(slot.dir())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn changed(slot: &Slot) -> Vec<String> {
    let word = |kind| match kind {
        SlotChangeKind::Changed => "changed",
        SlotChangeKind::Deleted => "deleted",
        SlotChangeKind::Made => "made",
        SlotChangeKind::Repository => "repository",
    };
    slot.changes()
        .unwrap()
        .0
        .into_iter()
        .map(|change| format!("{} {}", word(change.kind), change.path.display()))
        .collect()
}

#[test]
fn a_slot_shows_its_commit_and_knows_names_and_author_but_no_remote() {
    let yard = Yard::new();
    yard.repo.write("src/lib.rs", "one\n");
    yard.repo.write("run.sh", "#!/bin/sh\n");
    fs::set_permissions(
        yard.repo.path().join("run.sh"),
        fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    symlink("README.md", yard.repo.path().join("link")).unwrap();
    yard.repo.commit_all("more");
    yard.repo.git(&["branch", "other"]);
    yard.repo.git(&["tag", "-a", "-m", "x", "v1"]);
    yard.repo.git(&["remote", "add", "origin", "/nowhere"]);
    yard.repo.hook("post-checkout", "#!/bin/sh\nexit 1\n");
    yard.repo.write("src/lib.rs", "not committed\n");
    let slot = yard.take();
    assert!(changed(&slot).is_empty());
    assert_eq!(
        fs::read_to_string(slot.dir().join("src/lib.rs")).unwrap(),
        "one\n"
    );
    assert_eq!(
        agent(&slot, "git status --porcelain; git rev-parse HEAD").trim(),
        yard.head().as_str()
    );
    assert_eq!(
        agent(&slot, "git for-each-ref --format='%(refname)'; git remote"),
        "refs/heads/main\nrefs/heads/other\nrefs/tags/v1\n"
    );
    assert_eq!(
        agent(&slot, "git config user.email; git log --format=%s -1 v1"),
        "tester@example.com\nmore\n"
    );
    assert_eq!(
        agent(&slot, "ls -a .git/hooks 2>/dev/null | wc -l").trim(),
        "0"
    );
    assert_eq!(agent(&slot, "./run.sh; readlink link"), "README.md\n");
    assert_eq!(yard.git.top(), yard.repo.path());
    assert!(slot.dir().starts_with(yard.home().dir()));
}

/// What spoils a slot, with a directory that is somebody else's.
type Spoil = fn(&Path, &Path);

#[test]
fn a_slot_that_was_spoilt_is_made_anew() {
    let yard = Yard::new();
    yard.repo.write("d/f", "x\n");
    yard.repo.commit_all("files");
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("file"), "theirs").unwrap();
    let spoil: [(&str, Spoil); 6] = [
        ("closed", |slot, _| {
            fs::set_permissions(slot.join("d"), fs::Permissions::from_mode(0o0)).unwrap();
        }),
        ("gone", |slot, _| fs::remove_dir_all(slot).unwrap()),
        ("a link", |slot, elsewhere| {
            fs::remove_dir_all(slot).unwrap();
            symlink(elsewhere, slot).unwrap();
        }),
        ("half made", |slot, _| {
            fs::remove_file(slot.with_extension("piton").join("piton-slot")).unwrap();
        }),
        ("locked", |slot, _| {
            fs::write(slot.with_extension("piton").join("index.lock"), "").unwrap();
        }),
        ("no index", |slot, _| {
            fs::write(slot.with_extension("piton").join("index"), "garbage").unwrap();
        }),
    ];
    for (what, act) in spoil {
        let dir = yard.take().dir().to_owned();
        act(&dir, elsewhere.path());
        let slot = yard.take();
        assert_eq!(
            fs::read_to_string(slot.dir().join("d/f")).unwrap(),
            "x\n",
            "{what}"
        );
        assert!(changed(&slot).is_empty(), "{what}");
    }
    let left: Vec<_> = fs::read_dir(elsewhere.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(fs::read(elsewhere.path().join("file")).unwrap(), b"theirs");
}

#[test]
fn slots_in_use_are_left_alone_and_all_of_one_clone_lie_together() {
    let yard = Yard::new();
    let (one, two) = (yard.take(), yard.take());
    assert_ne!(one.dir(), two.dir());
    assert_eq!(one.dir().parent(), two.dir().parent());
    let first = one.dir().to_owned();
    drop(one);
    assert_eq!(yard.take().dir(), first);
}

#[test]
fn a_job_finds_its_own_slots_again_whatever_else_is_free() {
    let yard = Yard::new();
    let view = View::read(&yard.git).unwrap();
    let take = |number: u32| {
        let home = yard.home().beginning_with(number);
        let slots = Slots::new(&RealDisk, &yard.git, &home);
        let taken = slots.take(&yard.head(), SlotUse::Work, &view, &holder());
        taken.unwrap()
    };
    let slot = take(3);
    agent(
        &slot,
        "echo built > .git/../kept.o; echo '*.o' > .git/info/exclude",
    );
    assert_eq!(slot.number(), 3);
    drop(slot);
    let slot = take(3);
    assert_eq!(slot.number(), 3);
    // While it is somebody else's, any other one serves.
    assert_eq!(take(3).number(), 1);
    drop(slot);
    assert_eq!(take(3).number(), 3);
}

#[test]
fn slots_that_nobody_uses_are_removed_with_all_that_goes_with_them() {
    let yard = Yard::new();
    let home = yard.home();
    assert!(home.stored(&RealDisk).unwrap().is_empty());
    let (used, free) = (yard.take(), yard.take());
    let (one, two) = (used.number(), free.number());
    drop(yard.proof_at(&yard.head()));
    drop(free);
    let caches = home.caches().join(two.to_string());
    std::fs::create_dir_all(caches.join("cargo")).unwrap();
    std::fs::write(caches.join("cargo/big"), "12345").unwrap();
    let stored = home.stored(&RealDisk).unwrap();
    let told: Vec<_> = stored.iter().map(|it| (it.number, it.in_use)).collect();
    assert_eq!(told, [(one, true), (two, false)]);
    assert!(
        stored
            .iter()
            .all(|it| it.bytes > 5 && it.last_used.is_some())
    );
    let bases = || {
        let names = ["for-each-ref", "--format=%(refname)", "refs/piton/base"];
        yard.repo.git(&names).lines().count()
    };
    assert_eq!(bases(), 3);
    let slots = Slots::new(&RealDisk, &yard.git, &home);
    slots.remove(two, &holder()).unwrap();
    assert!(!home.has(&RealDisk, two) && !caches.exists());
    assert_eq!(bases(), 2);
    let refused = slots.remove(one, &holder()).unwrap_err();
    assert!(matches!(refused, SlotError::Lock(_)), "{refused}");
    assert!(changed(&used).is_empty());
    drop(used);
    slots.remove(one, &holder()).unwrap();
    // Removing what is not there is no error, and a new one is made.
    slots.remove(one, &holder()).unwrap();
    assert_eq!(bases(), 0);
    assert!(changed(&yard.take()).is_empty());
}

#[test]
fn slots_inside_the_repository_are_refused() {
    let yard = Yard::new();
    for inside in ["", "cache", ".git/slots"] {
        let error = SlotHome::new(&yard.repo.path().join(inside), &yard.git).unwrap_err();
        assert!(matches!(error, SlotError::Inside { .. }), "{error}");
        assert!(error.hint().unwrap().contains("slot.dir"));
    }
}

#[test]
fn the_commit_of_a_slot_outlives_a_gc_of_the_user_s() {
    let yard = Yard::new();
    yard.repo.write("a", "1\n");
    yard.repo.commit_all("soon gone");
    let commit = yard.head();
    let slot = yard.take();
    yard.repo.git(&["reset", "-q", "--hard", "HEAD^"]);
    yard.repo
        .git(&["reflog", "expire", "--expire=now", "--all"]);
    yard.repo.git(&["gc", "-q", "--prune=now"]);
    agent(&slot, "git fsck --no-dangling; git show HEAD:a");
    drop(slot);
    let slot = yard.take_at(&commit).unwrap();
    assert!(changed(&slot).is_empty());
}

#[test]
fn a_setup_is_due_once_and_again_when_its_inputs_change() {
    let yard = Yard::new();
    yard.repo.write(".gitignore", "modules/\n");
    yard.repo.write("sub/deps.lock", "1\n");
    yard.repo.commit_all("locked");
    let setup = Setup {
        command: "install".into(),
        inputs: vec!["**/*.lock".into()],
    };
    let slot = yard.take();
    let due = slot.setup_due(&RealDisk, &setup).unwrap().unwrap();
    agent(
        &slot,
        "mkdir modules; echo 1 > modules/a; echo 2 > sub/deps.lock; echo 1 > stray",
    );
    slot.setup_done(&RealDisk, &due).unwrap();
    assert!(
        changed(&slot).is_empty(),
        "what it did to tracked files is nobody's"
    );
    assert!(slot.dir().join("modules/a").exists());
    drop(slot);
    assert_eq!(yard.take().setup_due(&RealDisk, &setup).unwrap(), None);
    let other = Setup {
        command: "install --all".into(),
        ..setup.clone()
    };
    assert!(yard.take().setup_due(&RealDisk, &other).unwrap().is_some());
    yard.repo.write("README.md", "other\n");
    yard.repo.commit_all("no input");
    assert_eq!(yard.take().setup_due(&RealDisk, &setup).unwrap(), None);
    yard.repo.write("sub/deps.lock", "2\n");
    yard.repo.commit_all("an input");
    assert!(yard.take().setup_due(&RealDisk, &setup).unwrap().is_some());
}
