//! The repository's hooks around a commit, run as `git commit` runs them.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, RealDisk};

use crate::message::tidy;
use crate::program::GitCommand;
use crate::undertaking::Undertaking;
use crate::{GitError, GitRead, Repository, Setting};

/// What the repository wants around its commits.
#[derive(Clone, Debug)]
pub(crate) struct Hooks {
    /// Where they lie; nowhere when none are to run.
    pub(crate) directory: Option<PathBuf>,
    /// Hooks that are named in the configuration as well.
    pub(crate) configured: Vec<(String, String)>,
    signs: bool,
}

/// How a hook ended.
#[derive(Debug)]
pub(super) enum Ran {
    Agreed,
    Refused(String),
}

impl Hooks {
    pub(crate) fn find(repository: &Repository) -> Result<Self, GitError> {
        let top = repository.top();
        let settings = GitCommand::reading(top).args([
            "config",
            "--null",
            "--get-regexp",
            r"^(commit\.gpgsign|core\.hookspath|hook\..*)$",
        ]);
        let settings = match settings.run() {
            Ok(stdout) => String::from_utf8_lossy(&stdout).into_owned(),
            Err(GitError::Failed { stderr, .. }) if stderr.is_empty() => String::new(),
            Err(error) => return Err(error),
        };
        let parts = settings.split('\0').filter(|setting| !setting.is_empty());
        let settings = parts.map(|setting| match setting.split_once('\n') {
            Some((key, value)) => (key, Some(value)),
            None => (setting, None),
        });
        Self::from_pairs(repository, settings)
    }

    /// The same from settings that were read already.
    pub(crate) fn of(repository: &Repository, settings: &[Setting]) -> Result<Self, GitError> {
        let ours = |key: &str| {
            matches!(key, "commit.gpgsign" | "core.hookspath") || key.starts_with("hook.")
        };
        let settings = settings.iter().filter(|setting| ours(&setting.key));
        let pairs = settings.map(|it| (it.key.as_str(), it.value.as_deref()));
        Self::from_pairs(repository, pairs)
    }

    fn from_pairs<'s>(
        repository: &Repository,
        settings: impl Iterator<Item = (&'s str, Option<&'s str>)>,
    ) -> Result<Self, GitError> {
        let top = repository.top();
        let mut directory = repository.common().join("hooks");
        let (mut configured, mut signs) = (Vec::new(), false);
        for (key, value) in settings {
            match (key, value) {
                ("commit.gpgsign", value) => signs = value.is_none_or(is_true),
                // Git alone knows what these stand for.
                ("core.hookspath", Some(value)) if value.starts_with(['~', '%']) => {
                    let named = GitCommand::reading(top)
                        .args(["rev-parse", "--git-path", "hooks"])
                        .line()?;
                    directory = top.join(named);
                }
                // A relative one is meant from where hooks run, and need not
                // exist.
                ("core.hookspath", Some(value)) => directory = top.join(value),
                (key, value) => {
                    let value = value.unwrap_or("true");
                    configured.push((key.to_owned(), value.to_owned()));
                }
            }
        }
        Ok(Self {
            directory: Some(directory),
            configured,
            signs,
        })
    }

    /// The same with no hook to run.
    pub(crate) fn without_any(self) -> Self {
        Self {
            directory: None,
            configured: Vec::new(),
            ..self
        }
    }

    pub(crate) fn signs(&self) -> bool {
        self.signs
    }

    pub(super) fn may_change_files(&self) -> bool {
        self.is_there("pre-commit")
    }

    fn is_there(&self, hook: &str) -> bool {
        let file = self.directory.as_ref().map(|folder| folder.join(hook));
        !self.configured.is_empty() || file.is_some_and(|file| file.symlink_metadata().is_ok())
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

fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "true" | "yes" | "on") || {
        value.parse::<i64>().is_ok_and(|number| number != 0)
    }
}
