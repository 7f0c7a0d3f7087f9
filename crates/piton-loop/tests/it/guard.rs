//! What the guard notices in the user's repository, and what it sets aside.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use piton_durable::{Holder, RealDisk};
use piton_git::{Repository, View};
use piton_loop::guard::{Found, Guard, Reach, Surroundings, clear_kept, is_anything_kept, listed};
use piton_seal::{Gap, Network, Standing};
use piton_testkit::{ScratchRepo, TapDisk, input_output};

mod elsewhere;
mod kept;
mod known;

struct Fixture {
    repo: ScratchRepo,
    git: Repository,
    home: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        let repo = ScratchRepo::new();
        repo.write("src/lib.rs", "one\n");
        repo.write(".gitignore", ".husky/_/\n");
        repo.commit_all("more");
        let git = Repository::find(repo.path()).unwrap();
        let home = tempfile::tempdir().unwrap();
        Self { repo, git, home }
    }

    /// Lets a shell act in the repository between the two looks.
    fn meanwhile(&self, script: &str) -> Found {
        self.meanwhile_of(Reach::Anywhere, script)
    }

    fn meanwhile_of(&self, reach: Reach, script: &str) -> Found {
        let around = Surroundings {
            home: Some(self.home.path().to_owned()),
            settings: vec![self.home.path().join(".gitconfig")],
        };
        let view = View::read(&self.git).unwrap();
        let guard = Guard::before(&RealDisk, &self.git, view, &around).unwrap();
        let status = Command::new("sh")
            .args(["-ec", script])
            .current_dir(self.repo.path())
            .status()
            .unwrap();
        assert!(status.success(), "{script}");
        guard
            .after(&RealDisk, &self.git, reach, &self.evidence())
            .unwrap()
    }

    fn evidence(&self) -> std::path::PathBuf {
        self.repo.path().join(".git/piton/failures/evidence")
    }

    fn check(&self, script: &str, strays: &[&str]) -> Found {
        let found = self.meanwhile(script);
        let told: Vec<String> = found.strays.iter().map(ToString::to_string).collect();
        assert_eq!(told, strays, "{script}");
        found
    }

    fn check_notes(&self, script: &str, notes: &[&str]) {
        let found = self.check(script, &[]);
        assert_eq!(
            found.notes.len(),
            notes.len(),
            "{script}: {:?}",
            found.notes
        );
        for (found, expected) in found.notes.iter().zip(notes) {
            let found = found.to_string();
            assert!(found.contains(expected), "{script}: {found}");
        }
        assert_eq!(found.set_aside, None, "{script}");
    }
}

#[test]
fn what_the_user_may_do_meanwhile_is_a_note() {
    let place = Fixture::new();
    place.check_notes("true", &[]);
    place.check_notes("git gc -q; touch src/lib.rs", &[]);
    place.check_notes(
        "git commit -q --allow-empty -m mine",
        &["refs/heads/main moved from"],
    );
    place.check_notes(
        "echo two > src/lib.rs",
        &["working tree changed: src/lib.rs"],
    );
    place.check_notes(
        "echo three > src/lib.rs",
        &["working tree changed: src/lib.rs"],
    );
    place.check_notes(
        "chmod +x src/lib.rs; echo x > new",
        &["changed: new, src/lib.rs"],
    );
    place.check_notes("git add -A", &["changed: new, src/lib.rs"]);
    place.check_notes(
        "git checkout -q -b feature",
        &[
            "refs/heads/feature moved from nothing",
            "HEAD went from main to feature",
        ],
    );
    place.check_notes("git config branch.feature.remote origin", &[]);
    place.check_notes("printf '# a word\\n' >> .git/config", &[]);
    place.check_notes(
        "git update-ref refs/remotes/origin/x HEAD",
        &["refs/remotes/origin/x"],
    );
    place.check_notes("git update-ref refs/piton/unlanded/x HEAD", &[]);
}

#[test]
fn references_that_nobody_s_own_git_explains_are_strays() {
    let place = Fixture::new();
    place.check("git branch sneaky", &["the reference refs/heads/sneaky"]);
    place.check(
        "git branch -D sneaky -q",
        &["the reference refs/heads/sneaky"],
    );
    place.check("git tag t", &["the reference refs/tags/t"]);
    place.check(
        "echo x >> src/lib.rs; git stash -q",
        &["the reference refs/stash"],
    );
    place.check(
        "git update-ref refs/replace/$(git rev-parse HEAD^) HEAD",
        &[&format!(
            "the reference refs/replace/{}",
            place.repo.git(&["rev-parse", "HEAD^"]).trim()
        )],
    );
    place.check(
        "git update-ref -d refs/heads/main",
        &[
            "the repository's HEAD, which names no commit any more",
            "the reference refs/heads/main",
        ],
    );
}

#[test]
fn of_an_agent_that_was_sealed_references_are_the_user_s_and_what_git_runs_still_counts() {
    let place = Fixture::new();
    let found = place.meanwhile_of(Reach::ItsSlot, "git branch mine; git tag t");
    assert!(found.strays.is_empty(), "{found:?}");
    assert_eq!(
        listed(&found.notes),
        "refs/heads/mine changed, refs/tags/t changed"
    );
    let found = place.meanwhile_of(Reach::ItsSlot, "cp /bin/true .git/hooks/pre-commit");
    assert_eq!(found.strays.len(), 1, "{found:?}");
    let sealed = |gaps: &[Gap]| Standing::Sealed {
        network: Network::On,
        gaps: gaps.to_vec(),
    };
    for (standing, reach) in [
        (Some(sealed(&[])), Reach::ItsSlot),
        (Some(sealed(&[Gap::Network])), Reach::ItsSlot),
        (Some(sealed(&[Gap::Truncating])), Reach::Anywhere),
        (Some(sealed(&[Gap::Signals])), Reach::Anywhere),
        (Some(Standing::Off), Reach::Anywhere),
        (None, Reach::Anywhere),
    ] {
        assert_eq!(Reach::of(standing.as_ref()), reach, "{standing:?}");
    }
}

#[test]
fn what_was_planted_is_set_aside_and_what_stood_there_is_back() {
    let place = Fixture::new();
    place.repo.hook("pre-push", "#!/bin/sh\n");
    let config = place.repo.read(".git/config");
    let check = |script: &str, strays: &[&str], gone: &str| {
        let found = place.check(script, strays);
        assert_eq!(found.set_aside, Some(place.evidence()));
        assert!(!place.repo.exists(gone), "{gone} is still there");
        fs::remove_dir_all(place.evidence()).unwrap();
        assert_eq!(place.repo.read(".git/config"), config, "{script}");
        assert_eq!(place.repo.read(".git/hooks/pre-push"), "#!/bin/sh\n");
        place.check(":", &[]);
    };
    check(
        "cp /bin/true .git/hooks/pre-commit",
        &[".git/hooks/pre-commit"],
        ".git/hooks/pre-commit",
    );
    check(
        "ln -s /bin/true .git/hooks/post-commit",
        &[".git/hooks/post-commit"],
        ".git/hooks/post-commit",
    );
    check(
        "echo evil >> .git/hooks/pre-push",
        &[".git/hooks/pre-push"],
        "nothing",
    );
    check(
        "chmod -x .git/hooks/pre-push",
        &[".git/hooks/pre-push"],
        "nothing",
    );
    check(
        "mkdir .git/hooks/d; echo > .git/hooks/d/x",
        &[".git/hooks/d", ".git/hooks/d/x"],
        ".git/hooks/d",
    );
    check(
        "git config core.editor false",
        &[".git/config (core.editor)"],
        "nothing",
    );
    check(
        "printf '[branch \"x\"] remote = o\\n[core]\\n\\teditor = evil\\n' >> .git/config",
        &[".git/config (core.editor)"],
        "nothing",
    );
    check("echo garbage[ >> .git/config", &[".git/config"], "nothing");
    check(
        "rm .git/config",
        &[".git/config (commit.gpgsign, core.bare, core.excludesfile, and 6 more)"],
        "nothing",
    );
    check(
        "echo '* filter=x' > .git/info/attributes",
        &[".git/info/attributes"],
        ".git/info/attributes",
    );
    check(
        "echo /elsewhere > .git/commondir",
        &[".git/commondir"],
        ".git/commondir",
    );
    check(
        "echo /elsewhere > .git/objects/info/alternates",
        &[".git/objects/info/alternates"],
        ".git/objects/info/alternates",
    );
    // It would seem that the history ends there.
    check(
        "git rev-parse HEAD > .git/shallow",
        &[".git/shallow"],
        ".git/shallow",
    );
}

#[test]
fn a_fresh_hooks_directory_that_holds_a_link_is_planted() {
    let place = Fixture::new();
    fs::remove_dir_all(place.repo.path().join(".git/hooks")).unwrap();
    place.check(
        "mkdir .git/hooks; ln -s /bin/true .git/hooks/pre-commit",
        &[".git/hooks", ".git/hooks/pre-commit"],
    );
    assert!(!place.repo.exists(".git/hooks"));
}

#[test]
fn settings_of_a_worktree_count() {
    let place = Fixture::new();
    place
        .repo
        .git(&["config", "extensions.worktreeConfig", "true"]);
    place.check(
        "git config --worktree core.hooksPath /evil",
        &[".git/config.worktree (core.hookspath)"],
    );
    assert!(!place.repo.exists(".git/config.worktree"));
}

#[test]
fn settings_that_are_included_count_and_so_do_the_user_s_own() {
    let place = Fixture::new();
    let extra = place.home.path().join("extra");
    place
        .repo
        .git(&["config", "include.path", extra.to_str().unwrap()]);
    let plant = format!("git config -f {} alias.x '!evil'", extra.display());
    place.check(&plant, &[&format!("{} (alias.x)", extra.display())]);
    assert!(!extra.exists());
    let global = place.home.path().join(".gitconfig");
    let plant = format!("echo x > {}", global.display());
    let found = place.meanwhile(&plant);
    // This git reads another home, so the file's being there is all that shows.
    assert_eq!(found.strays.len(), 0, "{found:?}");
}

#[test]
fn hooks_elsewhere_count_wherever_they_are() {
    let place = Fixture::new();
    place.repo.git(&["config", "core.hooksPath", ".husky/_"]);
    place.check(
        "mkdir -p .husky/_; echo evil > .husky/_/post-checkout; echo evil > .husky/pre-commit",
        &[
            &place.repo.path().join(".husky").display().to_string(),
            &place.repo.path().join(".husky/_").display().to_string(),
            &place
                .repo
                .path()
                .join(".husky/_/post-checkout")
                .display()
                .to_string(),
            &place
                .repo
                .path()
                .join(".husky/pre-commit")
                .display()
                .to_string(),
        ],
    );
    assert!(!place.repo.exists(".husky"));
    let elsewhere = place.home.path().join("hooks");
    place.repo.git(&["config", "core.hooksPath", "hooks-here"]);
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, place.repo.path().join("hooks-here")).unwrap();
    let planted = elsewhere.join("pre-commit");
    place.check(
        &format!("cp /bin/true {}", planted.display()),
        &[&planted.display().to_string()],
    );
    assert!(!planted.exists());
}

#[test]
fn what_cannot_be_read_counts_as_changed() {
    let place = Fixture::new();
    place.repo.hook("pre-push", "#!/bin/sh\n");
    // A pipe in its place would block whoever reads it.
    place.check(
        "rm .git/hooks/pre-push; mkfifo .git/hooks/pre-push",
        &[".git/hooks/pre-push"],
    );
    assert_eq!(place.repo.read(".git/hooks/pre-push"), "#!/bin/sh\n");
    let torn = TapDisk::looking(RealDisk, |path| {
        if path.ends_with("pre-push") {
            return Err(input_output());
        }
        Ok(())
    });
    let view = View::read(&place.git).unwrap();
    let error = Guard::before(&torn, &place.git, view, &Surroundings::default()).unwrap_err();
    assert!(error.to_string().contains("pre-push"), "{error}");
    if nix_is_root() {
        println!("skipped: the superuser reads everything");
        return;
    }
    let hook = place.repo.path().join(".git/hooks/pre-push");
    place.check("chmod 0 .git/hooks/pre-push", &[".git/hooks/pre-push"]);
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o0)).unwrap();
    let view = View::read(&place.git).unwrap();
    let error = Guard::before(&RealDisk, &place.git, view, &Surroundings::default()).unwrap_err();
    assert!(error.to_string().contains("pre-push"), "{error}");
}

fn nix_is_root() -> bool {
    fs::read(Path::new("/etc/shadow")).is_ok()
}

#[test]
fn nothing_planted_runs_before_it_is_set_aside() {
    let place = Fixture::new();
    let trap = place.home.path().join("sprung");
    let spring = format!(
        "printf '#!/bin/sh\\necho \"$0\" >> {}\\ncat\\n'",
        trap.display()
    );
    place.check(
        &format!(
            "{spring} > .git/trap; chmod +x .git/trap; cp .git/trap .git/hooks/post-index-change; \
             cp .git/trap .git/hooks/reference-transaction; \
             git config core.fsmonitor .git/trap; git config filter.x.clean .git/trap; \
             echo '* filter=x' > .git/info/attributes; rm -f {}; echo 1 >> src/lib.rs",
            trap.display()
        ),
        &[
            ".git/config (core.fsmonitor, filter.x.clean)",
            ".git/hooks/post-index-change",
            ".git/hooks/reference-transaction",
            ".git/info/attributes",
        ],
    );
    assert!(!trap.exists(), "{}", fs::read_to_string(&trap).unwrap());
}

#[test]
fn what_was_planted_before_a_kill_is_set_aside_by_whatever_comes_next() {
    let place = Fixture::new();
    let (guards, failures) = (
        place.repo.path().join(".git/piton/work/guards"),
        place.repo.path().join(".git/piton/failures"),
    );
    let holder = Holder {
        pid: 1,
        host: "here".into(),
        since: "2026-06-01T00:00:00Z".parse().unwrap(),
        what: "a call".into(),
    };
    let clear = || clear_kept(&RealDisk, &place.git, &guards, &failures, &holder).unwrap();
    let begin = || {
        let view = View::read(&place.git).unwrap();
        Guard::before(&RealDisk, &place.git, view, &Surroundings::default())
            .unwrap()
            .kept(&RealDisk, &guards, "run", &holder)
            .unwrap()
    };
    // An odd name survives being written down.
    let odd = OsStr::from_bytes(b".git/hooks/od\xffd");
    fs::create_dir_all(place.repo.path().join(".git/hooks")).unwrap();
    fs::write(place.repo.path().join(odd), "old").unwrap();
    place.repo.hook("pre-push", "#!/bin/sh\n");
    let guard = begin();
    place.repo.hook("post-commit", "#!/bin/sh\nevil\n");
    place.repo.git(&["config", "core.fsmonitor", "./evil"]);
    fs::write(place.repo.path().join(odd), "evil").unwrap();
    assert_eq!(clear(), [], "its call is under way");
    assert!(place.repo.exists(".git/hooks/post-commit"));
    drop(guard);
    let found = clear();
    let told: Vec<String> = found[0].strays.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&".git/config (core.fsmonitor)".to_owned()));
    assert!(told.contains(&".git/hooks/post-commit".to_owned()));
    assert!(!place.repo.exists(".git/hooks/post-commit"));
    assert_eq!(place.repo.read(".git/hooks/pre-push"), "#!/bin/sh\n");
    assert_eq!(fs::read(place.repo.path().join(odd)).unwrap(), b"old");
    assert!(!place.repo.read(".git/config").contains("fsmonitor"));
    assert_eq!(clear(), [], "it is told once");
    assert!(!is_anything_kept(&RealDisk, &guards));
    // After a comparison nothing is left to compare.
    begin()
        .after(&RealDisk, &place.git, Reach::Anywhere, &place.evidence())
        .unwrap();
    place.repo.hook("post-commit", "#!/bin/sh\n");
    assert_eq!(clear(), []);
    assert!(place.repo.exists(".git/hooks/post-commit"));
}
