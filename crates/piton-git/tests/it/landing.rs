//! A commit arrives on the branch that the user works on, and nothing of the
//! user's is ever lost to it.

mod arriving;
mod branches;
mod crashes;
mod forms;
mod obstacles;
#[cfg(target_os = "linux")]
mod untold;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use piton_durable::{Disk, RealDisk};
use piton_git::landing::{
    InTheWay, Known, LandError, Landed, Landing, Obstacle, Onto, Refusal, land,
};
use piton_git::slot::Filters;
use piton_git::{CommitId, Repository, Setting, settings};
use piton_testkit::ScratchRepo;

/// A repository with a few files, and work that was done elsewhere.
struct Scene {
    scratch: ScratchRepo,
    base: CommitId,
    filters: Filters,
    /// Whether landing is told the settings, with which piton looks for itself;
    /// git is asked where it is not.
    knows: bool,
}

impl Scene {
    fn new() -> Self {
        let scratch = ScratchRepo::new();
        scratch.write("src/a.rs", "a\n");
        scratch.write("src/b.rs", "b\n");
        scratch.write("run.sh", "#!/bin/sh\n");
        scratch.write(".gitignore", "*.log\n");
        scratch.commit_all("files");
        let base = scratch.git(&["rev-parse", "HEAD"]);
        Self {
            base: base.trim().parse().unwrap(),
            scratch,
            filters: Filters::default(),
            knows: true,
        }
    }

    fn settings(&self) -> Vec<Setting> {
        settings(&self.repository()).unwrap()
    }

    fn repository(&self) -> Repository {
        Repository::find(self.scratch.path()).unwrap()
    }

    fn notes(&self) -> PathBuf {
        self.scratch.path().join(".git/piton/landings")
    }

    /// Makes a commit on top of the base in another worktree, which is gone
    /// afterwards.
    fn work(&self, edit: impl FnOnce(&Path)) -> CommitId {
        let elsewhere = tempfile::tempdir().unwrap();
        let tree = elsewhere.path().join("tree");
        let at = tree.to_str().unwrap();
        self.scratch.git(&[
            "worktree",
            "add",
            "--quiet",
            "--detach",
            at,
            self.base.as_str(),
        ]);
        edit(&tree);
        let git = |args: &[&str]| {
            let output = Command::new("git")
                .args(args)
                .current_dir(&tree)
                .output()
                .unwrap();
            assert!(output.status.success(), "{args:?}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "--no-verify", "-m", "work"]);
        let commit = git(&["rev-parse", "HEAD"]).trim().parse().unwrap();
        self.scratch.git(&["worktree", "remove", "--force", at]);
        commit
    }

    fn usual_work(&self) -> CommitId {
        self.work(|tree| {
            fs::write(tree.join("src/a.rs"), "a, better\n").unwrap();
            fs::remove_file(tree.join("src/b.rs")).unwrap();
            fs::create_dir(tree.join("new")).unwrap();
            fs::write(tree.join("new/c.rs"), "c\n").unwrap();
            fs::set_permissions(tree.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        })
    }

    fn land_onto(&self, onto: &Onto, commit: &CommitId) -> Result<Landed, LandError> {
        self.land_by(&RealDisk, onto, commit, "t")
    }

    fn land_by(
        &self,
        disk: &dyn Disk,
        onto: &Onto,
        commit: &CommitId,
        token: &str,
    ) -> Result<Landed, LandError> {
        let settings = self.settings();
        land(
            disk,
            &self.repository(),
            &Landing {
                onto,
                base: &self.base,
                commit,
                notes: &self.notes(),
                token,
                why: "piton: landed",
                filters: &self.filters,
                known: self.knows.then_some(Known {
                    settings: &settings,
                    attributes: &[],
                    now: 1_800_000_000,
                }),
            },
        )
    }

    fn land(&self, commit: &CommitId) -> Result<Landed, LandError> {
        self.land_onto(&Onto::Branch("main".to_owned()), commit)
    }

    /// The same is in the way, whoever looks.
    fn refused(&self, commit: &CommitId) -> Refusal {
        let asked = self.refused_by(commit, false);
        let seen = self.refused_by(commit, true);
        assert_eq!(seen, asked);
        seen
    }

    fn refused_by(&self, commit: &CommitId, knows: bool) -> Refusal {
        let before = self.everything();
        let onto = Onto::Branch("main".to_owned());
        let settings = self.settings();
        let landed = land(
            &RealDisk,
            &self.repository(),
            &Landing {
                onto: &onto,
                base: &self.base,
                commit,
                notes: &self.notes(),
                token: "t",
                why: "piton: landed",
                filters: &self.filters,
                known: knows.then_some(Known {
                    settings: &settings,
                    attributes: &[],
                    now: 1_800_000_000,
                }),
            },
        );
        let refusal = match landed {
            Err(LandError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(self.everything(), before);
        assert!(!self.scratch.exists(".git/index.lock"));
        assert_eq!(fs::read_dir(self.notes()).map_or(0, Iterator::count), 0);
        refusal
    }

    /// Puts everything back to the base, for one more try.
    fn start_again(&self) {
        self.scratch
            .git(&["reset", "--quiet", "--hard", self.base.as_str()]);
        self.scratch.git(&["clean", "-ffdxq"]);
    }

    /// Refs, index, status and every file's content.
    fn everything(&self) -> String {
        let mut all = self.scratch.git(&["for-each-ref"]);
        all += &self.scratch.git(&["ls-files", "--stage"]);
        all += &self.scratch.git(&["status", "--porcelain", "--ignored"]);
        all + &tree_of(self.scratch.path())
    }

    fn head(&self) -> String {
        self.scratch.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }
}

fn tree_of(dir: &Path) -> String {
    let mut text = String::new();
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap() != ".git")
        .collect();
    names.sort();
    for path in names {
        let meta = path.symlink_metadata().unwrap();
        if meta.is_dir() {
            text += &tree_of(&path);
        } else if meta.is_symlink() {
            let to = fs::read_link(&path).unwrap();
            writeln!(text, "{} -> {}", path.display(), to.display()).unwrap();
        } else {
            let bytes = fs::read(&path).unwrap();
            let mode = meta.permissions().mode();
            writeln!(text, "{} {mode:o} {bytes:?}", path.display()).unwrap();
        }
    }
    text
}

fn in_the_way(path: &str, obstacle: Obstacle) -> Refusal {
    Refusal::InTheWay(vec![InTheWay {
        path: PathBuf::from(path),
        obstacle,
    }])
}
