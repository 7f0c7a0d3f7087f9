use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use piton_durable::{Holder, RealDisk};
use piton_git::landing::release;
use piton_git::slot::{
    Filters, Setup, Slot, SlotChangeKind, SlotError, SlotHome, SlotUse, Slots, held,
};
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

    pub(crate) fn home(&self) -> SlotHome {
        let home = SlotHome::new(self.dir.path(), &self.git).unwrap();
        home.with_filters(self.filters.clone())
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
    assert!(slot.is_fresh());
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

#[test]
fn what_an_agent_does_to_git_stays_in_its_slot() {
    let yard = Yard::new();
    let before = || {
        let config = yard.repo.read(".git/config");
        (yard.repo.git(&["for-each-ref"]), yard.repo.status(), config)
    };
    let slot = yard.take();
    let then = before();
    agent(
        &slot,
        "echo x > new; git add -A; git commit -qm mine; git branch -f main; git stash list; \
         git update-ref -d refs/heads/main; git tag t; git config core.hooksPath /evil; \
         git config alias.x '!evil'; mkdir -p .git/hooks; echo evil > .git/hooks/post-checkout; \
         ! git push origin main 2>/dev/null; git gc -q; echo y >> README.md; git stash -q",
    );
    assert_eq!(before(), then);
    assert_eq!(changed(&slot), ["made new"], "judged by what stands there");
    assert_eq!(
        slot.git_was_changed(&RealDisk),
        ["HEAD", "references", "config", "hooks"]
    );
    drop(slot);
    let slot = yard.take();
    assert!(!slot.is_fresh());
    assert!(slot.git_was_changed(&RealDisk).is_empty());
    assert_eq!(agent(&slot, "git log --format=%s"), "start\n");
    assert_eq!(
        agent(&slot, "git config --get core.hooksPath"),
        "/dev/null\n"
    );
    assert!(!slot.dir().join("new").exists());
}

#[test]
fn a_git_file_that_points_elsewhere_leads_nobody_there() {
    let yard = Yard::new();
    yard.repo.write("staged", "x");
    yard.repo.git(&["add", "staged"]);
    let status = yard.repo.status();
    let slot = yard.take();
    agent(
        &slot,
        &format!(
            "rm -rf .git; echo 'gitdir: {}/.git' > .git; echo x > made",
            yard.repo.path().display()
        ),
    );
    assert_eq!(slot.git_was_changed(&RealDisk), [".git itself"]);
    assert_eq!(changed(&slot), ["made made"]);
    drop(slot);
    let slot = yard.take();
    assert!(slot.dir().join(".git").is_dir());
    assert!(changed(&slot).is_empty());
    assert_eq!(yard.repo.status(), status);
    assert_eq!(
        yard.repo.git(&["symbolic-ref", "HEAD"]),
        "refs/heads/main\n"
    );
}

#[test]
fn nothing_that_an_agent_plants_is_run() {
    let yard = Yard::new();
    yard.repo.write(".gitignore", ".husky/_/\n");
    yard.repo.commit_all("ignore");
    yard.repo.git(&["config", "core.hooksPath", ".husky/_"]);
    let trap = yard.dir.path().join("sprung");
    let spring = format!("#!/bin/sh\necho \"$0\" >> '{}'\n", trap.display());
    let slot = yard.take();
    for hook in [
        "post-checkout",
        "post-index-change",
        "reference-transaction",
        "pre-commit",
    ] {
        for dir in [".husky/_", ".git/hooks"] {
            let path = slot.dir().join(dir).join(hook);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &spring).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    let monitor = slot.dir().join("monitor");
    fs::write(&monitor, &spring).unwrap();
    fs::set_permissions(&monitor, fs::Permissions::from_mode(0o755)).unwrap();
    agent(
        &slot,
        "git config core.fsmonitor ./monitor; echo '* filter=evil' > .gitattributes; \
                  git config filter.evil.clean ./monitor",
    );
    assert_eq!(changed(&slot), ["made .gitattributes", "made monitor"]);
    slot.commit(&RealDisk, &yard.git, &[], "all")
        .unwrap()
        .unwrap();
    drop(slot);
    drop(yard.take());
    assert!(!trap.exists(), "{}", fs::read_to_string(&trap).unwrap());
}

#[test]
fn a_filter_that_runs_a_file_of_the_repository_is_refused_before_anything() {
    let yard = Yard::new();
    yard.repo.write("tools/clean.sh", "#!/bin/sh\ncat\n");
    yard.repo.write(".gitattributes", "*.x filter=mine\n");
    yard.repo.commit_all("a filter");
    yard.repo
        .git(&["config", "filter.mine.clean", "sh tools/clean.sh"]);
    let error = yard.try_take().unwrap_err();
    assert!(
        matches!(&error, SlotError::FilterInside { name, .. } if name == "mine"),
        "{error}"
    );
    yard.repo
        .git(&["config", "filter.mine.clean", "tr a-z A-Z"]);
    yard.repo
        .git(&["config", "filter.mine.smudge", "tr A-Z a-z"]);
    yard.repo.write("a.x", "low\n");
    yard.repo.commit_all("filtered");
    let slot = yard.take();
    assert_eq!(fs::read_to_string(slot.dir().join("a.x")).unwrap(), "low\n");
    assert_eq!(
        agent(&slot, "git show HEAD:a.x; git status --porcelain"),
        "LOW\n"
    );
    assert!(changed(&slot).is_empty());
}

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
    agent(
        &slot,
        "echo y > content; chmod +x mode; rm gone; rm becomes-link; ln -s /etc/passwd becomes-link; \
         rm becomes-dir; mkdir becomes-dir; echo 1 > becomes-dir/in; echo x > same; \
         git init -q inner; git -C inner -c user.name=a -c user.email=b commit -q --allow-empty -m x; \
         git init -q empty; mkdir -p new/deep; echo 1 > 'new/deep/a b'; echo 1 > x.log; \
         git update-index --assume-unchanged content",
    );
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
    assert!(!slot.is_fresh());
    assert!(slot.dir().join("x.log").exists(), "ignored files stay");
    assert!(!slot.dir().join("new").exists());
    assert!(!slot.dir().join("inner").exists());
}

/// What spoils a slot.
type Spoil = fn(&Path);

#[test]
fn a_slot_that_was_spoilt_is_made_anew() {
    let yard = Yard::new();
    yard.repo.write("d/f", "x\n");
    yard.repo.commit_all("files");
    let spoil: [(&str, Spoil); 6] = [
        ("closed", |slot| {
            fs::set_permissions(slot.join("d"), fs::Permissions::from_mode(0o0)).unwrap();
        }),
        ("gone", |slot| fs::remove_dir_all(slot).unwrap()),
        ("a link", |slot| {
            fs::remove_dir_all(slot).unwrap();
            symlink("/etc", slot).unwrap();
        }),
        ("half made", |slot| {
            fs::remove_file(slot.with_extension("piton").join("piton-slot")).unwrap();
        }),
        ("locked", |slot| {
            fs::write(slot.with_extension("piton").join("index.lock"), "").unwrap();
        }),
        ("no index", |slot| {
            fs::write(slot.with_extension("piton").join("index"), "garbage").unwrap();
        }),
    ];
    for (what, act) in spoil {
        let dir = yard.take().dir().to_owned();
        act(&dir);
        let slot = yard.take();
        assert_eq!(
            fs::read_to_string(slot.dir().join("d/f")).unwrap(),
            "x\n",
            "{what}"
        );
        assert!(changed(&slot).is_empty(), "{what}");
    }
    assert!(Path::new("/etc/passwd").exists());
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
    assert_eq!((bases(), yard.take().is_fresh()), (0, true));
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
