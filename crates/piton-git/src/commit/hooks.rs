//! The repository's hooks around a commit, run as `git commit` runs them.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, RealDisk};

use crate::hooks::Hooks;
use crate::message::tidy;
use crate::program::GitCommand;
use crate::undertaking::Undertaking;
use crate::{GitError, Repository};

/// How a hook ended.
#[derive(Debug)]
pub(super) enum Ran {
    Agreed,
    Refused(String),
}

impl Hooks {
    pub(super) fn may_change_files(&self) -> bool {
        self.is_there("pre-commit")
    }

    /// Runs the hook that looks at what is to be committed.
    pub(super) fn before(
        &self,
        repository: &Repository,
        under: &Undertaking,
        index: &Path,
    ) -> Result<Ran, GitError> {
        self.run(repository, under, index, "pre-commit", &[])
    }

    /// Writes the message, lets the hooks for messages see it, and returns the
    /// file that it is in.
    pub(super) fn message(
        &self,
        repository: &Repository,
        under: &Undertaking,
        index: &Path,
        message: &str,
    ) -> Result<PathBuf, GitError> {
        let file = under.file("message");
        RealDisk.write_new(&file, tidy(message).as_bytes(), 0o644)?;
        let name = file.to_string_lossy().into_owned();
        let mut ran = false;
        for (hook, args) in [
            ("prepare-commit-msg", &[name.as_str(), "message"][..]),
            ("commit-msg", &[name.as_str()][..]),
        ] {
            if !self.is_there(hook) {
                continue;
            }
            ran = true;
            if let Ran::Refused(output) = self.run(repository, under, index, hook, args)? {
                return Err(GitError::CommitRefused { output });
            }
        }
        if ran {
            let text = RealDisk.read(&file)?;
            let text = tidy(&String::from_utf8_lossy(&text));
            RealDisk.remove_file(&file)?;
            RealDisk.write_new(&file, text.as_bytes(), 0o644)?;
        }
        Ok(file)
    }

    /// Runs the hook that hears of commits. It can stop nothing any more.
    pub(super) fn after(&self, repository: &Repository, under: &Undertaking) {
        let index = repository.git_dir().join("index");
        let _ = self.run(repository, under, &index, "post-commit", &[]);
    }

    fn run(
        &self,
        repository: &Repository,
        under: &Undertaking,
        index: &Path,
        hook: &str,
        args: &[&str],
    ) -> Result<Ran, GitError> {
        if !self.is_there(hook) {
            return Ok(Ran::Agreed);
        }
        let command = GitCommand::writing(repository.top())
            .index(index)
            .args(["hook", "run", "--ignore-missing", hook, "--"])
            .args(args);
        let output = under.command(command)?.output(None)?;
        if output.status.success() {
            return Ok(Ran::Agreed);
        }
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let text = format!("{}{}", said(&output.stdout), said(&output.stderr));
        let text = text.trim();
        Ok(Ran::Refused(if text.is_empty() {
            format!("the hook {hook} refused, and gave no reason")
        } else {
            text.to_owned()
        }))
    }
}
