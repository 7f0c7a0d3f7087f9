//! A real git repository in a temporary directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A repository that goes away with the value. Its author, branch name and
/// configuration do not depend on the machine.
#[derive(Debug)]
pub struct ScratchRepo {
    dir: TempDir,
    root: PathBuf,
}

impl ScratchRepo {
    /// Makes a repository without a commit.
    pub fn empty() -> Self {
        Self::empty_in(&std::env::temp_dir())
    }

    /// Makes a repository without a commit below `parent`.
    pub fn empty_in(parent: &Path) -> Self {
        let dir = TempDir::with_prefix_in("piton-test-", parent).expect("a temporary directory");
        let root = dir.path().canonicalize().expect("it exists");
        let repo = Self { dir, root };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        for (key, value) in [
            ("user.name", "A Tester"),
            ("user.email", "tester@example.com"),
            ("commit.gpgsign", "false"),
            ("core.hooksPath", ".git/hooks"),
            ("core.excludesFile", ""),
        ] {
            repo.git(&["config", key, value]);
        }
        repo
    }

    /// Makes a repository with one commit that holds a `README.md`.
    pub fn new() -> Self {
        Self::new_in(&std::env::temp_dir())
    }

    /// Makes a repository with one commit below `parent`.
    pub fn new_in(parent: &Path) -> Self {
        let repo = Self::empty_in(parent);
        repo.write("README.md", "# A scratch project\n");
        repo.commit_all("start");
        repo
    }

    /// Has git itself make a repository, by `git ARGUMENTS PATH`.
    pub fn made_by(args: &[&str]) -> Self {
        let dir = TempDir::with_prefix("piton-test-").expect("a temporary directory");
        let root = dir.path().canonicalize().expect("it exists");
        let status = Command::new("git").args(args).arg(&root).status();
        assert!(status.expect("git runs").success(), "{args:?}");
        let repo = Self { dir, root };
        for (key, value) in [("user.name", "A"), ("user.email", "a@example.com")] {
            repo.git(&["config", key, value]);
        }
        repo
    }

    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Returns the temporary directory, which the repository fills.
    pub fn dir(&self) -> &TempDir {
        &self.dir
    }

    /// Runs git there and returns what it printed; panics when it fails.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(&self.root)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_WORK_TREE")
            .output()
            .expect("git runs");
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Writes a file, making its parents.
    pub fn write(&self, path: &str, content: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("it is below the root")).expect("parents");
        fs::write(path, content).expect("it writes");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).expect("it reads")
    }

    pub fn exists(&self, path: &str) -> bool {
        self.root.join(path).symlink_metadata().is_ok()
    }

    pub fn commit_all(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--no-verify", "--message", message]);
    }

    /// Returns the subjects of all commits, newest first.
    pub fn subjects(&self) -> Vec<String> {
        self.git(&["log", "--format=%s"])
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// Returns `git status --porcelain`, empty when clean.
    pub fn status(&self) -> String {
        self.git(&["status", "--porcelain"])
    }

    /// Installs an executable hook.
    pub fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.root.join(".git/hooks").join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("parents");
        fs::write(&path, script).expect("it writes");
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
}

impl Default for ScratchRepo {
    fn default() -> Self {
        Self::new()
    }
}
