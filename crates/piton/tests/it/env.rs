//! A home, a repository and the program, apart from the machine's own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs::Permissions;
use std::iter;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use piton_testkit::ScratchRepo;

/// The machine's programs, after one that stands for the agent that is used
/// where nothing else is said: what a test shows must not depend on whether the
/// machine has it.
fn programs() -> OsString {
    static STANDS_IN: LazyLock<PathBuf> = LazyLock::new(|| {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stands-in");
        let program = dir.join("claude");
        let fresh = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
        let written = fresh.path().join("claude");
        std::fs::write(&written, "#!/bin/sh\nexit 1\n").expect("it is written");
        std::fs::set_permissions(&written, Permissions::from_mode(0o755)).expect("it may run");
        std::fs::create_dir_all(&dir).expect("a place for it");
        std::fs::rename(&written, &program).expect("it has its place");
        dir
    });
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let dirs = iter::once(STANDS_IN.clone()).chain(std::env::split_paths(&machine));
    std::env::join_paths(dirs).expect("a list of directories")
}

/// One scratch repository with a home of its own.
pub(crate) struct TestEnv {
    pub(crate) repo: ScratchRepo,
    pub(crate) home: tempfile::TempDir,
}

/// What a run of the program gave.
#[must_use = "a run that nobody looks at tests nothing"]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestEnv {
    pub(crate) fn new() -> Self {
        Self::over(ScratchRepo::new())
    }

    pub(crate) fn over(repo: ScratchRepo) -> Self {
        Self {
            repo,
            home: tempfile::tempdir().expect("a home"),
        }
    }

    /// Makes a small cargo project in the repository.
    pub(crate) fn with_cargo_project() -> Self {
        let env = Self::new();
        env.repo.write(
            "Cargo.toml",
            "[package]\nname = \"scratch\"\nversion = \"0.1.0\"\n",
        );
        env.repo.write("src/lib.rs", "");
        env.repo.commit_all("a crate");
        env
    }

    /// Lets the agent that is used where nothing else is said be one that this
    /// machine does not have.
    pub(crate) fn without_the_agent(&self) {
        let dir = self.home.path().join(".config/piton");
        std::fs::create_dir_all(&dir).expect("a directory for settings");
        let settings = "agents.claude.program = \"no-such-agent\"\n";
        std::fs::write(dir.join("config.toml"), settings).expect("the user's settings");
    }

    pub(crate) fn path(&self) -> &Path {
        self.repo.path()
    }

    /// Returns the program, ready to run in the repository.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piton"));
        command
            .args(args)
            .current_dir(self.repo.path())
            .env_clear()
            .env("PATH", programs())
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("COLUMNS", "80")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null());
        command
    }

    /// Runs it below `unshare`, and `through` a command that starts it in turn;
    /// `None` where this machine does not let anybody.
    pub(crate) fn apart<S: AsRef<OsStr>>(
        &self,
        options: &[&str],
        through: &[&Path],
        args: &[S],
    ) -> Option<Ran> {
        let unshare = ["/usr/bin/unshare", "/bin/unshare"].map(Path::new);
        let unshare = unshare.into_iter().find(|it| it.exists())?;
        let allowed = Command::new(unshare).args(options).arg("true").status();
        if !allowed.is_ok_and(|it| it.success()) {
            return None;
        }
        let inner = self.command(args);
        let mut outer = Command::new(unshare);
        outer
            .args(options)
            .args(through)
            .arg(inner.get_program())
            .args(inner.get_args())
            .current_dir(self.path())
            .env_clear()
            .stdin(Stdio::null());
        for (name, value) in inner.get_envs() {
            outer.env(name, value.unwrap_or_default());
        }
        Some(self.finish(outer.output().expect("piton runs")))
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Ran {
        self.finish(self.command(args).output().expect("piton runs"))
    }

    /// Runs it and requires success.
    pub(crate) fn ok<S: AsRef<OsStr> + std::fmt::Debug>(&self, args: &[S]) -> Ran {
        let ran = self.run(args);
        assert_eq!(
            ran.code, 0,
            "piton {args:?}\n{}\n{}",
            ran.stdout, ran.stderr
        );
        ran
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "what a run gave is looked at here and nowhere else"
    )]
    pub(crate) fn finish(&self, output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: self.filtered(&output.stdout),
            stderr: self.filtered(&output.stderr),
        }
    }

    /// Puts names in place of what differs from run to run.
    fn filtered(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        let home = self.home.path().canonicalize().expect("it is there");
        text.replace(&self.repo.path().display().to_string(), "$REPO")
            .replace(&home.display().to_string(), "$HOME")
            .replace(&self.home.path().display().to_string(), "$HOME")
    }

    /// Returns everything below the repository and the home, down to the times
    /// of change: a write of any kind shows, even one of the same bytes.
    pub(crate) fn world(&self) -> World {
        let mut world = World::default();
        for root in [self.repo.path(), self.home.path()] {
            world.add(root);
        }
        world
    }
}

impl Ran {
    /// Returns all three in one text, for a snapshot.
    pub(crate) fn shown(&self) -> String {
        let mut text = format!("exit {}\n", self.code);
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                let _ = write!(text, "-- {name}\n{stream}");
            }
        }
        text
    }

    /// Returns the one document, whatever form it has.
    pub(crate) fn document(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// Returns the result in the document's envelope. The fields of each are
    /// compared with those that `docs/json.md` names.
    pub(crate) fn json(&self) -> serde_json::Value {
        let mut document = self.document();
        if document["format"] != "piton/1" {
            return document;
        }
        assert_eq!(document["exit"], self.code, "{}", self.shown());
        let command = document["command"].as_str().unwrap_or_default().to_owned();
        crate::documented::check(&command, &document["result"]);
        document["result"].take()
    }

    /// Returns what the document says went wrong.
    pub(crate) fn error(&self) -> serde_json::Value {
        let mut document = self.document();
        assert_eq!(document["format"], "piton/1");
        document["error"].take()
    }
}

/// Everything on a disk, with the times of change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct World(BTreeMap<PathBuf, Seen>);

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    mode: u32,
    changed: (i64, i64),
    content: Option<Vec<u8>>,
}

impl World {
    fn add(&mut self, path: &Path) {
        let meta = path.symlink_metadata().expect("it is there");
        let content = meta
            .is_file()
            .then(|| std::fs::read(path).expect("it reads"));
        let changed = (meta.ctime(), meta.ctime_nsec());
        self.0.insert(
            path.to_owned(),
            Seen {
                mode: meta.mode(),
                changed,
                content,
            },
        );
        if meta.is_dir() {
            for entry in std::fs::read_dir(path).expect("it lists") {
                self.add(&entry.expect("it lists").path());
            }
        }
    }

    /// Returns the paths that anything was done to.
    pub(crate) fn touched_since(&self, before: &Self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self
            .0
            .iter()
            .filter(|(path, seen)| before.0.get(*path) != Some(*seen))
            .map(|(path, _)| path.clone())
            .chain(
                before
                    .0
                    .keys()
                    .filter(|path| !self.0.contains_key(*path))
                    .cloned(),
            )
            .collect();
        paths.sort();
        paths
    }

    /// Returns the files whose content came, went or changed.
    pub(crate) fn files_changed_since(&self, before: &Self) -> Vec<PathBuf> {
        let content =
            |world: &Self, path: &Path| world.0.get(path).and_then(|seen| seen.content.clone());
        let mut paths = self.touched_since(before);
        paths.retain(|path| content(self, path) != content(before, path));
        paths
    }
}
