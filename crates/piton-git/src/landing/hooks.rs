//! The user's hooks around a commit that was made elsewhere.
//!
//! They run in a slot in which no agent ever writes, with HEAD at the base and
//! the change staged, from their own absolute path: a relative
//! `core.hooksPath` in another tree would run what an agent planted there.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, write_atomic};

use super::compose::TreeId;
use super::error::LandError;
use crate::message::tidy;
use crate::program::GitCommand;
use crate::{CommitId, GitError, GitRead, Repository};

/// The hooks that `git commit` runs.
const AROUND_A_COMMIT: [&str; 4] = [
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
];

/// The user's hooks, where there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserHooks {
    directory: PathBuf,
    post_commit: bool,
}

/// What a hook said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Agreed,
    /// Its output, which says why.
    Refused(String),
}

impl UserHooks {
    /// Finds them; `None` where no hook looks at commits.
    pub fn find(repository: &Repository) -> Result<Option<Self>, GitError> {
        let directory = GitCommand::reading(repository.top())
            .args(["rev-parse", "--path-format=absolute", "--git-path", "hooks"])
            .line()?;
        let directory = repository.top().join(directory);
        let there = |name: &str| std::fs::metadata(directory.join(name)).is_ok();
        let any = AROUND_A_COMMIT.into_iter().any(there);
        let post_commit = there("post-commit");
        Ok(any.then_some(Self {
            directory,
            post_commit,
        }))
    }

    pub fn hears_of_commits(&self) -> bool {
        self.post_commit
    }

    /// Stages a commit in a slot that shows its base.
    pub fn stage(&self, slot: &Path, commit: &CommitId) -> Result<(), GitError> {
        GitCommand::quietly(slot)
            .args(["read-tree", "--reset", "-u", commit.as_str()])
            .run()
            .map(drop)
    }

    /// Runs the hook that looks at what is to be committed.
    pub fn before(&self, slot: &Path) -> Result<Said, GitError> {
        self.run(slot, "pre-commit", &[])
    }

    /// Runs the hooks that look at the message. Returns the message after them.
    pub fn message(
        &self,
        disk: &dyn Disk,
        slot: &Path,
        message: &str,
    ) -> Result<Result<String, String>, LandError> {
        let file = slot.join(".git").join("COMMIT_EDITMSG");
        write_atomic(disk, &file, tidy(message).as_bytes(), 0o644)?;
        for (hook, args) in [
            (
                "prepare-commit-msg",
                &[".git/COMMIT_EDITMSG", "message"][..],
            ),
            ("commit-msg", &[".git/COMMIT_EDITMSG"][..]),
        ] {
            if let Said::Refused(output) = self.run(slot, hook, args)? {
                return Ok(Err(output));
            }
        }
        let bytes = disk.read(&file).map_err(LandError::io("read", &file))?;
        Ok(Ok(tidy(&String::from_utf8_lossy(&bytes))))
    }

    /// Runs the hook that hears of commits. It can stop nothing any more.
    pub fn after(&self, slot: &Path) {
        let _ = self.run(slot, "post-commit", &[]);
    }

    /// Returns the tree that is staged in the slot, and the paths in which it
    /// differs from what the slot shows.
    pub fn staged(&self, slot: &Path) -> Result<(TreeId, Vec<PathBuf>), GitError> {
        let command = GitCommand::quietly(slot).arg("write-tree");
        let shown = command.shown().to_owned();
        let tree = command
            .line()?
            .parse()
            .map_err(|error| GitError::Unreadable {
                command: shown,
                what: format!("{error}"),
            })?;
        let stdout = GitCommand::quietly(slot)
            .args([
                "diff",
                "--cached",
                "--name-only",
                "--no-renames",
                "-z",
                "HEAD",
            ])
            .run()?;
        let paths = stdout
            .split(|&byte| byte == 0)
            .filter(|path| !path.is_empty())
            .map(|path| PathBuf::from(OsString::from_vec(path.to_vec())))
            .collect();
        Ok((tree, paths))
    }

    fn run(&self, slot: &Path, hook: &str, args: &[&str]) -> Result<Said, GitError> {
        let mut from = OsString::from("core.hooksPath=");
        from.push(&self.directory);
        let command = GitCommand::writing(slot)
            .arg("-c")
            .arg(from)
            .args(["hook", "run", "--ignore-missing", hook, "--"])
            .args(args);
        let output = command.output(None)?;
        if output.status.success() {
            return Ok(Said::Agreed);
        }
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let text = format!("{}{}", said(&output.stdout), said(&output.stderr));
        let text = text.trim();
        Ok(Said::Refused(if text.is_empty() {
            format!("the hook {hook} said no, and not why")
        } else {
            format!("the hook {hook} said no:\n{text}")
        }))
    }
}
