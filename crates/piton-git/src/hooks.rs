//! What the repository wants around its commits.

use std::path::{Path, PathBuf};

use piton_durable::{DiskRead as _, RealDisk};

use crate::program::GitCommand;
use crate::{GitError, Setting};

/// What the repository wants around its commits.
#[derive(Clone, Debug)]
pub(crate) struct Hooks {
    /// Where they are; nowhere when none are to run.
    pub(crate) directory: Option<PathBuf>,
    /// Hooks that are named in the configuration as well.
    pub(crate) configured: Vec<(String, String)>,
    signs: bool,
}

impl Hooks {
    pub(crate) fn find(top: &Path, common: &Path) -> Result<Self, GitError> {
        let settings = GitCommand::reading(top).args([
            "config",
            "--null",
            "--get-regexp",
            r"^(commit\.gpgsign|core\.hookspath|hook\..*)$",
        ]);
        let settings = settings.found(None)?.unwrap_or_default();
        let settings = String::from_utf8_lossy(&settings);
        let parts = settings.split('\0').filter(|setting| !setting.is_empty());
        let settings = parts.map(|setting| match setting.split_once('\n') {
            Some((key, value)) => (key, Some(value)),
            None => (setting, None),
        });
        Self::from_pairs(top, common, settings)
    }

    /// The same from settings that were read already.
    pub(crate) fn of(top: &Path, common: &Path, settings: &[Setting]) -> Result<Self, GitError> {
        let ours = |key: &str| {
            matches!(key, "commit.gpgsign" | "core.hookspath") || key.starts_with("hook.")
        };
        let settings = settings.iter().filter(|setting| ours(&setting.key));
        let pairs = settings.map(|it| (it.key.as_str(), it.value.as_deref()));
        Self::from_pairs(top, common, pairs)
    }

    fn from_pairs<'s>(
        top: &Path,
        common: &Path,
        settings: impl Iterator<Item = (&'s str, Option<&'s str>)>,
    ) -> Result<Self, GitError> {
        let mut directory = common.join("hooks");
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

    /// What cannot be looked at is git's to run or to refuse.
    pub(crate) fn is_there(&self, hook: &str) -> bool {
        let file = self.directory.as_ref().map(|folder| folder.join(hook));
        !self.configured.is_empty()
            || file.is_some_and(|file| !matches!(RealDisk.stat(&file), Ok(None)))
    }
}

fn is_true(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "true" | "yes" | "on") || {
        value.parse::<i64>().is_ok_and(|number| number != 0)
    }
}
